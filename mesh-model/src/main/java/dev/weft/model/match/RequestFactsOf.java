package dev.weft.model.match;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Request facts from strings: for tests and for explanations without a proxy. Immutable. */
public final class RequestFactsOf implements RequestFacts {
    private final byte[] block;
    private final ImmutableMap<String, Long> pseudo;
    private final ImmutableListMultimap<String, Long> headers;

    private RequestFactsOf(
            byte[] block, ImmutableMap<String, Long> pseudo, ImmutableListMultimap<String, Long> headers) {
        this.block = block;
        this.pseudo = pseudo;
        this.headers = headers;
    }

    public static RequestFactsOf of(String method, String authority, String pathAndQuery) {
        return of(method, authority, pathAndQuery, ImmutableListMultimap.of());
    }

    public static RequestFactsOf of(
            String method, String authority, String pathAndQuery, ImmutableListMultimap<String, String> headers) {
        StringBuilder all = new StringBuilder();
        ImmutableMap.Builder<String, Long> pseudo = ImmutableMap.builder();
        pseudo.put(":method", append(all, method));
        pseudo.put(":authority", append(all, authority));
        pseudo.put(":path", append(all, pathAndQuery));
        pseudo.put(":scheme", append(all, "http"));
        ImmutableListMultimap.Builder<String, Long> ranges = ImmutableListMultimap.builder();
        for (Map.Entry<String, String> header : headers.entries()) {
            ranges.put(HeaderKey.of(header.getKey()).name(), append(all, header.getValue()));
        }
        return new RequestFactsOf(
                all.toString().getBytes(StandardCharsets.ISO_8859_1), pseudo.buildOrThrow(), ranges.build());
    }

    private static long append(StringBuilder all, String value) {
        String bytes = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        long range = Ranges.of(all.length(), bytes.length());
        all.append(bytes);
        return range;
    }

    @Override
    public byte[] block() {
        return block;
    }

    @Override
    public long method() {
        return header(HeaderKey.METHOD, 0);
    }

    @Override
    public long pathAndQuery() {
        return header(HeaderKey.PATH, 0);
    }

    @Override
    public long path() {
        long whole = pathAndQuery();
        int from = Ranges.offset(whole);
        int end = from;
        while (end < from + Ranges.length(whole) && block[end] != '?' && block[end] != '#') {
            end++;
        }
        return Ranges.of(from, end - from);
    }

    @Override
    public long query() {
        long whole = pathAndQuery();
        int end = Ranges.offset(whole) + Ranges.length(whole);
        for (int i = Ranges.offset(whole); i < end; i++) {
            if (block[i] == '?') {
                return Ranges.of(i + 1, end - i - 1);
            }
        }
        return Ranges.NONE;
    }

    @Override
    public long authority() {
        return header(HeaderKey.AUTHORITY, 0);
    }

    @Override
    public long scheme() {
        return header(HeaderKey.SCHEME, 0);
    }

    @Override
    public long header(HeaderKey name, int n) {
        if (name.isPseudo()) {
            Long range = n == 0 ? pseudo.get(name.name()) : null;
            return range == null ? Ranges.NONE : range;
        }
        var values = headers.get(name.name());
        return n < values.size() ? values.get(n) : Ranges.NONE;
    }
}

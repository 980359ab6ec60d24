package dev.weft.proxy.exchange;

import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.Ranges;
import dev.weft.model.match.RequestFacts;

/**
 * A {@link RequestHead} as the model's matchers see it: route tables, RBAC.
 *
 * <p>Loop-confined; a view, made once per head, that follows its edits. The path's end is looked for once per value.
 */
final class RequestHeadFacts implements RequestFacts {
    private final RequestHead head;
    private int scannedStart = -1;
    private int scannedLength;
    private int pathEnd;
    private int queryStart;

    RequestHeadFacts(RequestHead head) {
        this.head = head;
    }

    /** The head holds another message. */
    void forget() {
        scannedStart = -1;
    }

    @Override
    public byte[] block() {
        return head.headers().block();
    }

    @Override
    public long method() {
        return Ranges.of(head.methodStart(), head.methodLength());
    }

    @Override
    public long pathAndQuery() {
        return head.hasPath() ? Ranges.of(head.pathStart(), head.pathLength()) : Ranges.NONE;
    }

    @Override
    public long path() {
        if (!head.hasPath()) {
            return Ranges.NONE;
        }
        scan();
        return Ranges.of(head.pathStart(), pathEnd - head.pathStart());
    }

    @Override
    public long query() {
        if (!head.hasPath()) {
            return Ranges.NONE;
        }
        scan();
        return queryStart < 0 ? Ranges.NONE : Ranges.of(queryStart, head.pathStart() + head.pathLength() - queryStart);
    }

    @Override
    public long authority() {
        return head.hasAuthority() ? Ranges.of(head.authorityStart(), head.authorityLength()) : Ranges.NONE;
    }

    @Override
    public long scheme() {
        String text = head.scheme().text();
        return Ranges.of(head.headers().append(text), text.length());
    }

    @Override
    public long header(HeaderKey name, int n) {
        if (name.isPseudo()) {
            return n == 0 ? pseudo(name) : Ranges.NONE;
        }
        Headers headers = head.headers();
        byte[] bytes = name.bytes();
        int id = HeaderName.recognize(bytes, 0, bytes.length);
        if (id != HeaderId.UNKNOWN && !headers.mayContain(id)) {
            return Ranges.NONE;
        }
        int left = n;
        for (int i = 0; i < headers.entries(); i++) {
            if (headers.id(i) == id
                    && headers.isLive(i)
                    && (id != HeaderId.UNKNOWN || headers.nameEquals(i, bytes))
                    && left-- == 0) {
                return Ranges.of(headers.valueStart(i), headers.valueLength(i));
            }
        }
        return Ranges.NONE;
    }

    private long pseudo(HeaderKey name) {
        if (name.equals(HeaderKey.PATH)) {
            return pathAndQuery();
        }
        if (name.equals(HeaderKey.AUTHORITY)) {
            return authority();
        }
        if (name.equals(HeaderKey.METHOD)) {
            return method();
        }
        return name.equals(HeaderKey.SCHEME) ? scheme() : Ranges.NONE;
    }

    private void scan() {
        int start = head.pathStart();
        int length = head.pathLength();
        if (start == scannedStart && length == scannedLength) {
            return;
        }
        byte[] block = block();
        int end = start + length;
        int at = start;
        while (at < end && block[at] != '?' && block[at] != '#') {
            at++;
        }
        pathEnd = at;
        int question = ByteRanges.indexOf(block, at, end, (byte) '?');
        queryStart = question == end ? -1 : question + 1;
        scannedStart = start;
        scannedLength = length;
    }
}

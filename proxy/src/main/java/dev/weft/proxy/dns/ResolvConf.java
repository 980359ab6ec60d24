package dev.weft.proxy.dns;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a {@code resolv.conf} says of servers and search domains. Immutable.
 *
 * @param servers in the order of the file
 */
public record ResolvConf(ImmutableList<InetSocketAddress> servers, ImmutableList<String> search) {
    private static final int PORT = 53;
    private static final Splitter WORDS =
            Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().trimResults();

    /** What cannot be read is left out, as the system's resolver does; the last list of search domains holds. */
    public static ResolvConf parse(String text) {
        ImmutableList.Builder<InetSocketAddress> servers = ImmutableList.builder();
        ImmutableList<String> search = ImmutableList.of();
        for (String line : Splitter.on('\n').split(text)) {
            List<String> words = WORDS.splitToList(line);
            if (words.size() < 2) {
                continue;
            }
            switch (words.get(0)) {
                case "nameserver" -> {
                    if (InetAddresses.isInetAddress(words.get(1))) {
                        servers.add(new InetSocketAddress(InetAddresses.forString(words.get(1)), PORT));
                    }
                }
                case "search", "domain" -> search = ImmutableList.copyOf(words.subList(1, words.size()));
                default -> {}
            }
        }
        return new ResolvConf(servers.build(), search);
    }
}

package dev.weft.proxy.pod;

import com.google.common.collect.ImmutableSortedMap;
import java.util.TreeMap;

/** Reads the files that the downward API makes of a pod's labels and annotations: lines {@code name="value"}, values quoted as in Go. */
final class PodInfo {
    private PodInfo() {}

    /** Lines that have another form are left out: they cannot be told apart from what a newer kubelet might write. */
    static ImmutableSortedMap<String, String> parse(String content) {
        TreeMap<String, String> entries = new TreeMap<>();
        for (String line : content.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0
                    && line.length() >= equals + 3
                    && line.charAt(equals + 1) == '"'
                    && line.charAt(line.length() - 1) == '"') {
                entries.put(line.substring(0, equals), unquoted(line.substring(equals + 2, line.length() - 1)));
            }
        }
        return ImmutableSortedMap.copyOfSorted(entries);
    }

    private static String unquoted(String quoted) {
        StringBuilder out = new StringBuilder(quoted.length());
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c != '\\' || i + 1 == quoted.length()) {
                out.append(c);
                continue;
            }
            char escape = quoted.charAt(++i);
            switch (escape) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'v' -> out.append('\u000b');
                case 'x' -> i += number(quoted, i + 1, 2, out);
                case 'u' -> i += number(quoted, i + 1, 4, out);
                case 'U' -> i += number(quoted, i + 1, 8, out);
                default -> out.append(escape);
            }
        }
        return out.toString();
    }

    /** Appends the code point of so many hexadecimal digits, and tells how many were read. */
    private static int number(String text, int from, int digits, StringBuilder out) {
        int end = Math.min(text.length(), from + digits);
        try {
            out.appendCodePoint(Integer.parseInt(text, from, end, 16));
            return end - from;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}

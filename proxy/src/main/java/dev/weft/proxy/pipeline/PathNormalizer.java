package dev.weft.proxy.pipeline;

import dev.weft.model.http.HttpOptions.EscapedSlashes;
import dev.weft.model.http.HttpOptions.Paths;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings request paths into one form before anything is matched, so that no rule can be walked around by another spelling. Pure.
 *
 * <p>Order, as in Envoy: the fragment goes, escaped slashes are dealt with, dot segments and needless escapes are resolved, slashes
 * are merged. The query stays as it is. Paths of usual form are recognised by one look over their bytes.
 */
final class PathNormalizer {
    private static final boolean[] UNRESERVED = new boolean[128];
    private static final boolean[] ESCAPED = new boolean[256];

    static {
        for (char c = 0; c < 128; c++) {
            UNRESERVED[c] =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
        }
        for (int c = 0; c < 256; c++) {
            ESCAPED[c] = c <= ' ' || c >= 0x7F || "\"<>`{}".indexOf(c) >= 0;
        }
    }

    private PathNormalizer() {}

    /** What became of a path. */
    sealed interface Outcome {
        record Unchanged() implements Outcome {
            static final Unchanged INSTANCE = new Unchanged();
        }

        record Changed(String path) implements Outcome {}

        /** The client shall ask again. */
        record Redirected(String path) implements Outcome {}

        record Rejected() implements Outcome {
            static final Rejected INSTANCE = new Rejected();
        }
    }

    /** Whether the bytes may need any of this; false for nearly all paths. */
    static boolean mayNeed(Paths options, byte[] block, int start, int length) {
        if (!options.normalize()
                && !options.mergeSlashes()
                && options.escapedSlashes() == EscapedSlashes.KEEP_UNCHANGED) {
            return false;
        }
        int before = 0;
        for (int i = start, end = start + length; i < end; i++) {
            int b = block[i] & 0xFF;
            if (b == '?') {
                return hasFragment(block, i, end);
            }
            if (b == '%' || b == '\\' || b == '#' || ESCAPED[b] || before == '/' && (b == '/' || b == '.')) {
                return true;
            }
            before = b;
        }
        return false;
    }

    private static boolean hasFragment(byte[] block, int from, int end) {
        for (int i = from; i < end; i++) {
            if (block[i] == '#') {
                return true;
            }
        }
        return false;
    }

    /** @param whole path and query, one char per byte */
    static Outcome normalize(Paths options, String whole) {
        int fragment = whole.indexOf('#');
        String target = fragment < 0 ? whole : whole.substring(0, fragment);
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = question < 0 ? "" : target.substring(question);
        boolean redirect = false;
        if (options.escapedSlashes() != EscapedSlashes.KEEP_UNCHANGED) {
            String unescaped = unescapeSlashes(path);
            if (!unescaped.equals(path)) {
                if (options.escapedSlashes() == EscapedSlashes.REJECT_REQUEST) {
                    return Outcome.Rejected.INSTANCE;
                }
                redirect = options.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT;
                path = unescaped;
            }
        }
        if (options.normalize()) {
            String canonical = canonical(path);
            if (canonical == null) {
                return Outcome.Rejected.INSTANCE;
            }
            path = canonical;
        }
        if (options.mergeSlashes()) {
            path = mergeSlashes(path);
        }
        String result = path + query;
        if (redirect) {
            return new Outcome.Redirected(result);
        }
        return result.equals(whole) ? Outcome.Unchanged.INSTANCE : new Outcome.Changed(result);
    }

    private static String unescapeSlashes(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int value = path.charAt(i) == '%' ? hexAt(path, i + 1) : -1;
            if (value == '/' || value == '\\') {
                out.append((char) value);
                i += 2;
            } else {
                out.append(path.charAt(i));
            }
        }
        return out.toString();
    }

    /** Null where an escaped NUL makes it invalid. */
    private static @Nullable String canonical(String path) {
        StringBuilder plain = new StringBuilder(path.length() + 8);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int value = hexAt(path, i + 1);
                if (value == 0) {
                    return null;
                }
                if (value > 0 && value < 128 && UNRESERVED[value]) {
                    plain.append((char) value);
                    i += 2;
                } else {
                    plain.append(c);
                }
            } else if (c == '\\') {
                plain.append('/');
            } else if (ESCAPED[c & 0xFF]) {
                plain.append('%').append("%02X".formatted(c & 0xFF));
            } else {
                plain.append(c);
            }
        }
        return withoutDotSegments(plain.toString());
    }

    private static String withoutDotSegments(String path) {
        if (!path.contains("/.")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            switch (segments[i]) {
                case "." -> {
                    if (last) {
                        kept.add("");
                    }
                }
                case ".." -> {
                    if (!kept.isEmpty()) {
                        kept.remove(kept.size() - 1);
                    }
                    if (last) {
                        kept.add("");
                    }
                }
                default -> kept.add(segments[i]);
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String mergeSlashes(String path) {
        if (!path.contains("//")) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static int hexAt(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}

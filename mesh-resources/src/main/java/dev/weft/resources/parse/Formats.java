package dev.weft.resources.parse;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.weft.resources.host.HostName;
import java.util.Optional;

/** The formats of texts that several kinds share. */
final class Formats {
    private static final int MAX_REGEX = 1024;
    private static final java.util.regex.Pattern DNS_LABEL =
            java.util.regex.Pattern.compile("[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?");
    private static final java.util.regex.Pattern SUBSET =
            java.util.regex.Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?");
    private static final CharMatcher TOKEN = CharMatcher.inRange('a', 'z')
            .or(CharMatcher.inRange('A', 'Z'))
            .or(CharMatcher.inRange('0', '9'))
            .or(CharMatcher.anyOf("!#$%&'*+-.^_`|~"))
            .precomputed();

    private Formats() {}

    /** A DNS name in any case of letters; the name of a Kubernetes object is one in lower case. */
    static boolean isDnsName(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > 253) {
            return false;
        }
        for (String label : Splitter.on('.').split(Ascii.toLowerCase(name))) {
            if (label.length() > 63 || !DNS_LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }

    static boolean isObjectName(String text) {
        return isDnsName(text) && Ascii.toLowerCase(text).equals(text) && !text.endsWith(".");
    }

    /** A DNS name, {@code *}, or one whose first label is {@code *}. */
    static boolean isHost(String text) {
        return text.equals("*") || isDnsName(text.startsWith("*.") ? text.substring(2) : text);
    }

    static boolean isHostOrAddress(String text) {
        return isHost(text) || HostName.isAddress(text);
    }

    /** An address, or a block of them such as {@code 10.0.0.0/8}. */
    static boolean isAddressBlock(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!InetAddresses.isInetAddress(address)) {
            return false;
        }
        if (slash < 0) {
            return true;
        }
        Integer bits = Ints.tryParse(text.substring(slash + 1));
        return bits != null && bits >= 0 && bits <= (address.indexOf(':') >= 0 ? 128 : 32);
    }

    static boolean isPort(String text) {
        Integer port = Ints.tryParse(text);
        return port != null && port >= 1 && port <= 65535;
    }

    static boolean isHeaderName(String text) {
        return !text.isEmpty() && TOKEN.matchesAllOf(text);
    }

    static boolean isSubsetName(String text) {
        return text.length() <= 63 && SUBSET.matcher(text).matches();
    }

    /** What is wrong with a regular expression, if anything. */
    static Optional<String> regexProblem(String regex) {
        if (regex.isEmpty()) {
            return Optional.of("found an empty regular expression");
        }
        if (regex.length() > MAX_REGEX) {
            return Optional.of(
                    "found a regular expression of " + regex.length() + " characters, expected at most " + MAX_REGEX);
        }
        try {
            Pattern.compile(regex);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(
                    "found \"" + regex + "\", expected a regular expression in RE2's syntax: " + e.getDescription());
        }
    }
}

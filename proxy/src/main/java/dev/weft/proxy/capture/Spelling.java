package dev.weft.proxy.capture;

/** The one spelling of numbers and addresses in rules that tools print. */
final class Spelling {
    private Spelling() {}

    /** A word of a rule: marks in decimal and without a full mask, addresses with their prefix length. */
    static String of(String word) {
        String plain = word.endsWith("/0xffffffff") ? word.substring(0, word.length() - "/0xffffffff".length()) : word;
        if (plain.startsWith("0x")) {
            return String.valueOf(Long.parseLong(plain.substring(2), 16));
        }
        boolean likeAddress = plain.indexOf('.') > 0 || plain.indexOf(':') >= 0 && plain.length() > 2;
        if (likeAddress) {
            try {
                return Cidr.parse(plain).toString();
            } catch (IllegalArgumentException e) {
                return plain; // a port, an interface, a name
            }
        }
        return plain.replace("\"", "");
    }
}

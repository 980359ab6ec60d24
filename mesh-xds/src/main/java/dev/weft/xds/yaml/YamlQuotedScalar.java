package dev.weft.xds.yaml;

import dev.weft.xds.json.SyntaxException;

/** Scalars in single or double quotes, with their escapes and folded line ends. */
final class YamlQuotedScalar {
    private final YamlText in;

    YamlQuotedScalar(YamlText in) {
        this.in = in;
    }

    String singleQuoted() throws SyntaxException {
        StringBuilder value = new StringBuilder();
        in.skip(1);
        while (!in.atEnd()) {
            char c = in.peek();
            if (c == '\'') {
                in.skip(1);
                if (in.peek() != '\'') {
                    return value.toString();
                }
                value.append('\'');
                in.skip(1);
            } else if (c == '\n') {
                fold(value);
            } else {
                value.append(c);
                in.skip(1);
            }
        }
        throw new SyntaxException("the text ends inside quotes");
    }

    String doubleQuoted() throws SyntaxException {
        StringBuilder value = new StringBuilder();
        in.skip(1);
        while (!in.atEnd()) {
            char c = in.peek();
            if (c == '"') {
                in.skip(1);
                return value.toString();
            }
            if (c == '\\') {
                in.skip(1);
                escape(value);
            } else if (c == '\n') {
                fold(value);
            } else {
                value.append(c);
                in.skip(1);
            }
        }
        throw new SyntaxException("the text ends inside quotes");
    }

    /** A line end inside quotes is one space, or as many line ends as lines stand empty behind it. */
    private void fold(StringBuilder value) {
        while (!value.isEmpty()
                && (value.charAt(value.length() - 1) == ' ' || value.charAt(value.length() - 1) == '\t')) {
            value.setLength(value.length() - 1);
        }
        int breaks = 0;
        while (!in.atEnd() && YamlText.isBlank(in.peek())) {
            if (in.peek() == '\n') {
                in.newLine();
                breaks++;
            } else {
                in.skip(1);
            }
        }
        value.append(breaks == 1 ? " " : "\n".repeat(breaks - 1));
    }

    private void escape(StringBuilder value) throws SyntaxException {
        char c = in.peek();
        if (c == '\n') {
            in.newLine();
            while (in.peek() == ' ' || in.peek() == '\t') {
                in.skip(1);
            }
            return;
        }
        in.skip(1);
        switch (c) {
            case '0' -> value.append('\0');
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 't', '\t' -> value.append('\t');
            case 'n' -> value.append('\n');
            case 'v' -> value.append('\u000B');
            case 'f' -> value.append('\f');
            case 'r' -> value.append('\r');
            case 'e' -> value.append('\u001B');
            case ' ', '"', '/', '\\' -> value.append(c);
            case 'N' -> value.append('\u0085');
            case '_' -> value.append('\u00A0');
            case 'x' -> value.appendCodePoint(hex(2));
            case 'u' -> value.appendCodePoint(hex(4));
            case 'U' -> value.appendCodePoint(hex(8));
            default -> throw new SyntaxException("\\" + c + " is no escape of YAML");
        }
    }

    private int hex(int digits) throws SyntaxException {
        long code = 0;
        for (int i = 0; i < digits; i++, in.skip(1)) {
            int digit = Character.digit(in.peek(), 16);
            if (digit < 0) {
                throw in.unexpected("a hexadecimal digit");
            }
            code = code * 16 + digit;
        }
        if (code > Character.MAX_CODE_POINT) {
            throw new SyntaxException("an escape beyond the last character of Unicode");
        }
        return (int) code;
    }
}

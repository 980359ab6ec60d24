package dev.weft.xds.json;

import dev.weft.xds.Decoded;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A strict JSON reader (RFC 8259): text to a tree of {@link Map} (in the order of the text), {@link List}, String, Boolean, Long, {@link
 * BigInteger} where a Long is too small, Double, and {@link JsonNull}. A repeated key is an error, since the
 * second one would silently win.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 128;

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    public static Decoded<Object> read(String text) {
        JsonReader reader = new JsonReader(text);
        try {
            Object value = reader.value();
            reader.space();
            if (reader.at < text.length()) {
                throw reader.unexpected("the end of the text");
            }
            return Decoded.of(value);
        } catch (SyntaxException e) {
            return Decoded.rejected(reader.position(), e.reason());
        }
    }

    private Object value() throws SyntaxException {
        space();
        if (at >= text.length()) {
            throw new SyntaxException("the text ends where a value is expected");
        }
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", JsonNull.NULL);
            default -> number();
        };
    }

    private Map<String, Object> object() throws SyntaxException {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        space();
        if (!skip('}')) {
            do {
                space();
                if (at >= text.length() || text.charAt(at) != '"') {
                    throw unexpected("a name in quotes");
                }
                String name = string();
                space();
                expect(':');
                if (members.put(name, value()) != null) {
                    throw new SyntaxException("the name \"" + name + "\" stands here twice");
                }
                space();
            } while (skip(','));
            expect('}');
        }
        depth--;
        return members;
    }

    private List<Object> array() throws SyntaxException {
        enter();
        List<Object> elements = new ArrayList<>();
        space();
        if (!skip(']')) {
            do {
                elements.add(value());
                space();
            } while (skip(','));
            expect(']');
        }
        depth--;
        return elements;
    }

    private void enter() throws SyntaxException {
        at++;
        if (++depth > MAX_DEPTH) {
            throw new SyntaxException("nested deeper than " + MAX_DEPTH);
        }
    }

    private String string() throws SyntaxException {
        at++;
        int from = at;
        int plainEnd = text.indexOf('"', at);
        if (plainEnd >= 0 && isPlain(from, plainEnd)) {
            at = plainEnd + 1;
            return text.substring(from, plainEnd);
        }
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c < ' ') {
                at--;
                throw new SyntaxException("a control character (" + (int) c + ") inside a string");
            }
            value.append(c == '\\' ? escape() : c);
        }
        throw new SyntaxException("the text ends inside a string");
    }

    private boolean isPlain(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\\' || c < ' ') {
                return false;
            }
        }
        return true;
    }

    private char escape() throws SyntaxException {
        if (at >= text.length()) {
            throw new SyntaxException("the text ends inside a string");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex();
            default -> throw new SyntaxException("\\" + c + " is no escape of JSON");
        };
    }

    private char hex() throws SyntaxException {
        int value = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw unexpected("four hexadecimal digits after \\u");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private Object word(String word, Object value) throws SyntaxException {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
        return value;
    }

    private Object number() throws SyntaxException {
        int from = at;
        skip('-');
        int digits = at;
        if (!digits()) {
            throw unexpected("a value");
        }
        if (text.charAt(digits) == '0' && at > digits + 1) {
            throw new SyntaxException("a number with leading zeros");
        }
        boolean whole = true;
        if (skip('.')) {
            whole = false;
            if (!digits()) {
                throw unexpected("a digit after the point");
            }
        }
        if (skip('e') || skip('E')) {
            whole = false;
            if (!skip('+')) {
                skip('-');
            }
            if (!digits()) {
                throw unexpected("a digit of the exponent");
            }
        }
        String literal = text.substring(from, at);
        if (!whole) {
            return Double.valueOf(literal);
        }
        return literal.length() < 19 ? (Object) Long.valueOf(literal) : shrunk(new BigInteger(literal));
    }

    static Object shrunk(BigInteger value) {
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private boolean digits() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at > from;
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws SyntaxException {
        if (!skip(c)) {
            throw unexpected("'" + c + "'");
        }
    }

    private SyntaxException unexpected(String expected) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the text";
        return new SyntaxException("found " + found + ", expected " + expected);
    }

    private String position() {
        int end = Math.min(at, text.length());
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return "line " + line + ", column " + (end - start + 1);
    }
}

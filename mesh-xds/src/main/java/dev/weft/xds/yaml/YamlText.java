package dev.weft.xds.yaml;

import dev.weft.xds.json.SyntaxException;

/** The characters of a YAML document and a place in them: finds content, keys and the ends of scalars. Hosts what is lexical; {@link YamlReader} knows the structure. */
final class YamlText {
    private final String text;
    private int at;
    private int lineStart;
    private int line = 1;

    YamlText(String text) {
        this.text = text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
        this.at = this.text.startsWith("\uFEFF") ? 1 : 0;
        this.lineStart = at;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    /** Zero at the end, where no content can be. */
    char peek() {
        return charAt(at);
    }

    private char charAt(int index) {
        return index < text.length() ? text.charAt(index) : '\0';
    }

    int column() {
        return at - lineStart;
    }

    void skip(int count) {
        at += count;
    }

    String position() {
        return "line " + line + ", column " + (column() + 1);
    }

    SyntaxException unexpected(String expected) {
        String found = atEnd() ? "the end of the text" : peek() == '\n' ? "the end of the line" : "'" + peek() + "'";
        return new SyntaxException("found " + found + ", expected " + expected);
    }

    /** Over a line end. */
    void newLine() {
        at++;
        line++;
        lineStart = at;
    }

    /** Over spaces, comments and line ends to the next content. */
    void toContent() throws SyntaxException {
        while (!atEnd()) {
            if (peek() == '\n') {
                newLine();
            } else if (peek() == '#' && (column() == 0 || isBlank(charAt(at - 1)))) {
                toLineEnd();
            } else if (peek() == ' ') {
                at++;
            } else if (peek() == '\t') {
                if (text.substring(lineStart, at).isBlank() && !restIsBlank()) {
                    throw new SyntaxException("a tab in the indentation, expected spaces");
                }
                at++;
            } else {
                return;
            }
        }
    }

    private boolean restIsBlank() {
        int end = lineEnd(at);
        String rest = text.substring(at, end).strip();
        return rest.isEmpty() || rest.startsWith("#");
    }

    private void toLineEnd() {
        at = lineEnd(at);
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    /** Skips spaces; whether content follows on this line. */
    boolean sameLineContent() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
        boolean comment = peek() == '#' && at > 0 && isBlank(charAt(at - 1));
        return !atEnd() && peek() != '\n' && !comment;
    }

    /** Demands that nothing but a comment follows on this line. */
    void endOfLine() throws SyntaxException {
        if (sameLineContent() && column() > 0) {
            throw unexpected("the end of the line");
        }
    }

    boolean isMarker(String marker) {
        return text.startsWith(marker, at) && (at + 3 >= text.length() || isBlank(charAt(at + 3)));
    }

    boolean isDocumentMarker() {
        return column() == 0 && (isMarker("---") || isMarker("..."));
    }

    /** A dash that begins an element of a list. */
    boolean isEntry() {
        return peek() == '-' && (at + 1 >= text.length() || isBlank(charAt(at + 1))) && !isDocumentMarker();
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n';
    }

    /** Whether what begins here is a scalar followed, on this line, by a colon and a blank. */
    boolean isImplicitKey() throws SyntaxException {
        char first = peek();
        if (first == '?' && isBlank(charAt(at + 1))) {
            throw new SyntaxException("'? ' begins a complex key, which is not supported: keys are scalars");
        }
        int end = lineEnd(at);
        if (first == '"' || first == '\'') {
            int close = closingQuote(first, end);
            return close > 0 && isColon(skipSpaces(close + 1));
        }
        if (first == '{' || first == '[' || first == '|' || first == '>' || first == '#') {
            return false;
        }
        return plainKeyEnd(end) > 0;
    }

    private int skipSpaces(int from) {
        int i = from;
        while (charAt(i) == ' ') {
            i++;
        }
        return i;
    }

    private boolean isColon(int index) {
        return charAt(index) == ':' && (index + 1 >= text.length() || isBlank(charAt(index + 1)));
    }

    private int closingQuote(char quote, int end) {
        for (int i = at + 1; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote == '"') {
                i++;
            } else if (c == quote) {
                if (quote == '\'' && charAt(i + 1) == '\'') {
                    i++;
                } else {
                    return i;
                }
            }
        }
        return -1;
    }

    private int plainKeyEnd(int end) {
        for (int i = at; i < end; i++) {
            if (isColon(i)) {
                return i;
            }
            if (text.charAt(i) == '#' && i > at && isBlank(text.charAt(i - 1))) {
                return -1;
            }
        }
        return -1;
    }

    /** The key that begins here; stands on the colon afterwards. */
    String key() throws SyntaxException {
        String key;
        if (peek() == '"') {
            key = new YamlQuotedScalar(this).doubleQuoted();
        } else if (peek() == '\'') {
            key = new YamlQuotedScalar(this).singleQuoted();
        } else {
            refuseIndicators();
            int end = plainKeyEnd(lineEnd(at));
            key = text.substring(at, end).strip();
            at = end;
            if (key.equals("<<")) {
                throw new SyntaxException("'<<' merges maps, which is not supported");
            }
        }
        at = skipSpaces(at);
        return key;
    }

    private void refuseIndicators() throws SyntaxException {
        switch (peek()) {
            case '&' ->
                throw new SyntaxException("'&' begins an anchor, which is not supported; quote it if it is text");
            case '*' ->
                throw new SyntaxException("'*' begins an alias, which is not supported; quote it if it is text");
            case '!' -> throw new SyntaxException("'!' begins a tag, which is not supported; quote it if it is text");
            case '%', '@', '`' ->
                throw new SyntaxException("a plain scalar cannot begin with '" + peek() + "'; quote it");
            default -> {}
        }
    }

    /** A plain scalar in block context; lines indented deeper than {@code parent} continue it. */
    String plain(int parent) throws SyntaxException {
        refuseIndicators();
        StringBuilder value = new StringBuilder(plainLine());
        while (true) {
            int savedAt = at;
            int savedStart = lineStart;
            int savedLine = line;
            boolean comment = peek() == '#';
            int breaks = 0;
            while (!atEnd() && (peek() == '\n' || peek() == ' ')) {
                if (peek() == '\n') {
                    newLine();
                    breaks++;
                } else {
                    at++;
                }
            }
            if (comment || breaks == 0 || atEnd() || column() <= parent || peek() == '#' || isDocumentMarker()) {
                at = savedAt;
                lineStart = savedStart;
                line = savedLine;
                return value.toString();
            }
            if (isImplicitKey()) {
                throw new SyntaxException(
                        "a key inside a plain scalar that began on a line above; is the indentation right?");
            }
            value.append(breaks == 1 ? " " : "\n".repeat(breaks - 1)).append(plainLine());
        }
    }

    private String plainLine() throws SyntaxException {
        int end = lineEnd(at);
        int stop = end;
        for (int i = at; i < end; i++) {
            if (text.charAt(i) == '#' && i > at && isBlank(text.charAt(i - 1))) {
                stop = i;
                break;
            }
            if (isColon(i)) {
                at = i;
                throw new SyntaxException(
                        "': ' inside a plain scalar; quote the value, or put the map on lines of its own");
            }
        }
        String part = text.substring(at, stop).strip();
        at = stop;
        return part;
    }

    String flowPlain() throws SyntaxException {
        refuseIndicators();
        int from = at;
        while (!atEnd() && ",[]{}\n".indexOf(peek()) < 0) {
            if (peek() == ':' && (isBlank(charAt(at + 1)) || ",[]{}".indexOf(charAt(at + 1)) >= 0)) {
                break;
            }
            if (peek() == '#' && at > from && isBlank(charAt(at - 1))) {
                break;
            }
            at++;
        }
        String value = text.substring(from, at).strip();
        if (value.isEmpty()) {
            throw unexpected("a value");
        }
        return value;
    }

    String flowKey() throws SyntaxException {
        return switch (peek()) {
            case '"' -> new YamlQuotedScalar(this).doubleQuoted();
            case '\'' -> new YamlQuotedScalar(this).singleQuoted();
            default -> flowPlain();
        };
    }

    /** A literal ({@code |}) or folded ({@code >}) scalar; its lines are indented deeper than {@code parent}. */
    String blockScalar(int parent) throws SyntaxException {
        boolean folded = peek() == '>';
        at++;
        char chomp = 0;
        int indent = -1;
        for (; peek() == '-' || peek() == '+' || Character.digit(peek(), 10) > 0; at++) {
            if (peek() == '-' || peek() == '+') {
                chomp = peek();
            } else {
                indent = Math.max(parent, 0) + Character.digit(peek(), 10);
            }
        }
        endOfLine();
        toLineEnd();
        YamlBlockScalar scalar = new YamlBlockScalar(folded, chomp);
        while (!atEnd()) {
            int contentStart = at + 1;
            int end = lineEnd(contentStart);
            int first = contentStart;
            while (first < end && text.charAt(first) == ' ') {
                first++;
            }
            boolean blank = first == end;
            if (!blank && indent < 0) {
                indent = first - contentStart;
            }
            if (!blank && (first - contentStart <= parent || first - contentStart < indent)) {
                break;
            }
            newLine();
            at = end;
            scalar.line(blank && indent < 0 ? "" : text.substring(Math.min(contentStart + indent, end), end));
        }
        return scalar.text();
    }
}

package dev.weft.xds.yaml;

/** Joins the lines of a literal or folded block scalar, and treats its end as the chomping indicator says. */
final class YamlBlockScalar {
    private final boolean folded;
    private final char chomp;
    private final StringBuilder text = new StringBuilder();
    private int pendingBreaks;
    private boolean first = true;
    private boolean lastWasIndented;

    /** @param chomp {@code -} drops the last line end, {@code +} keeps all, anything else keeps one */
    YamlBlockScalar(boolean folded, char chomp) {
        this.folded = folded;
        this.chomp = chomp;
    }

    void line(String line) {
        if (line.isEmpty()) {
            pendingBreaks++;
            return;
        }
        boolean indented = line.charAt(0) == ' ' || line.charAt(0) == '\t';
        if (first) {
            text.repeat('\n', pendingBreaks);
        } else if (!folded || indented || lastWasIndented) {
            text.repeat('\n', pendingBreaks + 1);
        } else if (pendingBreaks > 0) {
            text.repeat('\n', pendingBreaks);
        } else {
            text.append(' ');
        }
        text.append(line);
        pendingBreaks = 0;
        first = false;
        lastWasIndented = indented;
    }

    String text() {
        if (chomp == '+') {
            text.repeat('\n', pendingBreaks + (first ? 0 : 1));
        } else if (chomp != '-' && !first) {
            text.append('\n');
        }
        return text.toString();
    }
}

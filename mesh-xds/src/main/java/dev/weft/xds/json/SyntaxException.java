package dev.weft.xds.json;

/** Ends the reading of a text; becomes a {@link dev.weft.xds.Problem} where the reader was entered. Without stack trace: it is a value in disguise. */
public final class SyntaxException extends Exception {
    private final String reason;

    public SyntaxException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}

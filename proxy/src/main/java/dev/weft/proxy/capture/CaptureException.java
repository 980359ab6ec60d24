package dev.weft.proxy.capture;

/** The rules could not be read or written; the message says which command failed, what it said and what may be missing. */
final class CaptureException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CaptureException(String message) {
        super(message);
    }
}

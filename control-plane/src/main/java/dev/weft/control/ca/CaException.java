package dev.weft.control.ca;

/** Keys or certificates on disk cannot be used. The message says which file, what was found and what was expected. */
public final class CaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CaException(String message) {
        super(message);
    }

    public CaException(String message, Throwable cause) {
        super(message, cause);
    }
}

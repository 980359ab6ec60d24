package dev.weft.injector.tree;

import com.google.errorprone.annotations.Immutable;

/**
 * Something to say about a pod or about the injector's configuration.
 *
 * @param field where it was written, for example {@code metadata.annotations[sidecar.istio.io/proxyCPU]}
 * @param message what was found and what was expected
 */
@Immutable
public record Note(Level level, String field, String message) {
    /** What follows from it. */
    public enum Level {
        /** The pod starts, and is probably not what was meant. */
        WARNING,
        /** The pod must not start like this. */
        REFUSAL
    }

    public static Note warning(String field, String message) {
        return new Note(Level.WARNING, field, message);
    }

    public static Note refusal(String field, String message) {
        return new Note(Level.REFUSAL, field, message);
    }

    public boolean isRefusal() {
        return level == Level.REFUSAL;
    }

    /** One line for people. */
    public String text() {
        return field.isEmpty() ? message : field + ": " + message;
    }
}

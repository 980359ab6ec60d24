package dev.weft.control.source;

import com.google.errorprone.annotations.Immutable;

/**
 * One condition as Kubernetes writes it, without its time, which only the writer knows: it moves when {@code state} changes and at no
 * other occasion.
 *
 * @param reason one word in CamelCase, for programs
 * @param message for people
 */
@Immutable
public record StatusCondition(String type, State state, String reason, String message) {

    /** Whether the condition holds. */
    public enum State {
        TRUE("True"),
        FALSE("False"),
        UNKNOWN("Unknown");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** As Kubernetes writes it. */
        public String text() {
            return text;
        }
    }

    public static StatusCondition holds(String type, String reason, String message) {
        return new StatusCondition(type, State.TRUE, reason, message);
    }

    public static StatusCondition fails(String type, String reason, String message) {
        return new StatusCondition(type, State.FALSE, reason, message);
    }
}

package dev.weft.resources;

import com.google.common.collect.ComparisonChain;
import com.google.errorprone.annotations.Immutable;
import java.util.Comparator;

/**
 * Something in what people wrote that somebody should look at.
 *
 * @param resource the object as people name it, for example {@code VirtualService default/reviews}; empty where it could not be told
 * @param field full path of the field, for example {@code spec.http[0].route[1].weight}; empty for the object as a whole
 * @param message what was found and what was expected
 * @param effect what the mesh does about it
 */
@Immutable
public record Problem(
        Severity severity,
        ProblemCode code,
        String resource,
        SourceLocation location,
        String field,
        String message,
        Effect effect) {

    /** By place, so that a list of problems reads like the files. */
    public static final Comparator<Problem> ORDER = (a, b) -> ComparisonChain.start()
            .compare(a.location().file(), b.location().file())
            .compare(a.location().line(), b.location().line())
            .compare(a.location().column(), b.location().column())
            .compare(a.resource(), b.resource())
            .compare(a.field(), b.field())
            .compare(a.message(), b.message())
            .result();

    /** How much it matters. */
    public enum Severity {
        /** What was written is not what happens. */
        ERROR,
        /** It happens, and is probably not what was meant. */
        WARNING,
        /** Good to know. */
        INFO
    }

    /** What the mesh does about a problem. */
    public enum Effect {
        NONE("in force as written"),
        SKIPPED("not read"),
        FIELD_IGNORED("the field is ignored"),
        REFUSED("the object is not in force"),
        LAST_VALID_KEPT("the last valid version stays in force"),
        RULE_DROPPED("the ALLOW rule is dropped: it allows nothing"),
        RULE_WIDENED("the DENY rule is enforced without it: it denies more"),
        FAILED_CLOSED("enforced in its strictest reading until it is mended"),
        STRICT_ENFORCED("STRICT is enforced"),
        FIRST_KEPT("the object that was there first stays in force"),
        UNREACHABLE("what is routed there is answered 503, TCP is closed"),
        NO_CERTIFICATE("its TLS connections are refused until it has a certificate"),
        NEVER_USED("no traffic meets it");

        private final String text;

        Effect(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public Problem withEffect(Effect other) {
        return new Problem(severity, code, resource, location, field, message, other);
    }
}

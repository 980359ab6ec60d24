package dev.weft.tests.mesh;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Map;

/** What {@code verify} sets up for a test. Where it is not there the test ends: as skipped with the reason, but as failed with CI=true. */
public final class Prerequisite {
    private Prerequisite() {}

    /** The path in an environment variable; {@code VARIABLE_MISSING} says why there is none. */
    public static Path path(String variable) {
        return Path.of(required(variable));
    }

    /** The value of an environment variable, like {@link #path}. */
    public static String required(String variable) {
        String value = value(variable);
        return value.isEmpty() ? missing(reason(variable)) : value;
    }

    /** Why a variable that {@code verify} sets is not set. */
    public static String reason(String variable) {
        String reason = value(variable + "_MISSING");
        return reason.isEmpty() ? variable + " is not set: ./verify sets up what is missing and sets it" : reason;
    }

    /** Ends the test. */
    public static <T> T missing(String reason) {
        if (isCi()) {
            throw new AssertionError(reason);
        }
        System.err.println("skipped: " + reason);
        return abort(reason);
    }

    public static boolean isCi() {
        return value("CI").equals("true");
    }

    /** An environment variable, or the empty string. */
    public static String value(String variable) {
        Map<String, String> environment = System.getenv();
        return environment.getOrDefault(variable, "");
    }
}

package dev.weft.control.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * What the API server is told. Warnings are what {@code kubectl} prints.
 *
 * @param audit a line for the API server's audit log; empty for none
 */
public sealed interface AdmissionAnswer {
    ImmutableList<String> warnings();

    /** The object may be stored, changed by the patch if there is one. */
    record Allowed(Optional<ArrayNode> patch, ImmutableList<String> warnings, String audit) implements AdmissionAnswer {
        static Allowed asItIs(String audit) {
            return new Allowed(Optional.empty(), ImmutableList.of(), audit);
        }
    }

    /** It may not. */
    record Denied(String message, ImmutableList<String> warnings) implements AdmissionAnswer {}
}

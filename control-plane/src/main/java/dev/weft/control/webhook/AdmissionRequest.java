package dev.weft.control.webhook;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the API server asks.
 *
 * @param namespace empty for objects that live in none
 * @param object as it will be; a missing node for a deletion
 * @param oldObject as it is; a missing node for a creation
 */
public record AdmissionRequest(
        String uid, String kind, String namespace, Operation operation, JsonNode object, JsonNode oldObject) {
    /** What is done to the object. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        CONNECT
    }
}

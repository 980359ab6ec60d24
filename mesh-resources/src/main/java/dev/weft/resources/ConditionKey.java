package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * The attribute that a condition of an {@link AuthorizationPolicy} looks at.
 *
 * @param path what stands in brackets: the header's name, the path of a claim; else empty
 */
@Immutable
public record ConditionKey(Attribute attribute, ImmutableList<String> path) {
    /** The attributes that are served. */
    public enum Attribute {
        REQUEST_HEADER("request.headers"),
        SOURCE_IP("source.ip"),
        REMOTE_IP("remote.ip"),
        SOURCE_NAMESPACE("source.namespace"),
        SOURCE_SERVICE_ACCOUNT("source.serviceAccount"),
        SOURCE_TRUST_DOMAIN("source.trustDomain"),
        SOURCE_PRINCIPAL("source.principal"),
        REQUEST_PRINCIPAL("request.auth.principal"),
        REQUEST_AUDIENCES("request.auth.audiences"),
        REQUEST_PRESENTER("request.auth.presenter"),
        REQUEST_CLAIM("request.auth.claims"),
        DESTINATION_IP("destination.ip"),
        DESTINATION_PORT("destination.port"),
        CONNECTION_SNI("connection.sni");

        private final String text;

        Attribute(String text) {
            this.text = text;
        }

        /** The key as people write it, without brackets. */
        public String text() {
            return text;
        }

        /** From a token; no token is checked yet, so values never match and notValues always do. */
        public boolean fromToken() {
            return this == REQUEST_PRINCIPAL
                    || this == REQUEST_AUDIENCES
                    || this == REQUEST_PRESENTER
                    || this == REQUEST_CLAIM;
        }

        private boolean takesPath() {
            return this == REQUEST_HEADER || this == REQUEST_CLAIM;
        }
    }

    /** Reads a key such as {@code request.headers[x-user]} or {@code request.auth.claims[a][b]}. */
    public static Optional<ConditionKey> parse(String text) {
        int bracket = text.indexOf('[');
        String name = bracket < 0 ? text : text.substring(0, bracket);
        ImmutableList<String> path = bracket < 0 ? ImmutableList.of() : brackets(text.substring(bracket));
        for (Attribute attribute : Attribute.values()) {
            if (attribute.text.equals(name)) {
                boolean wellFormed = attribute == Attribute.REQUEST_HEADER
                        ? path.size() == 1
                        : attribute.takesPath() != path.isEmpty() && (bracket < 0 || !path.isEmpty());
                return wellFormed ? Optional.of(new ConditionKey(attribute, path)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The texts in {@code [a][b]}, or none where the brackets are not well formed. */
    private static ImmutableList<String> brackets(String text) {
        ImmutableList.Builder<String> parts = ImmutableList.builder();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf(']', at);
            if (text.charAt(at) != '[' || end <= at + 1) {
                return ImmutableList.of();
            }
            parts.add(text.substring(at + 1, end));
            at = end + 1;
        }
        return parts.build();
    }
}

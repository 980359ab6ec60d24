package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.util.Base64;
import java.util.Optional;

/** What an HTTP rule does with a request that matches: exactly one of these. */
@Immutable
public sealed interface HttpAction {
    /** Sends it to one of the destinations, by weight. */
    @Immutable
    record Forward(ImmutableList<WeightedHttpDestination> destinations) implements HttpAction {}

    /**
     * A destination with its share; with a single destination the weight does not count.
     *
     * @param headers applied to requests before the edits of the rule
     */
    @Immutable
    record WeightedHttpDestination(Destination destination, int weight, HeaderEdits headers) {}

    /** Answers with a redirect. What is absent is taken from the request. */
    @Immutable
    record Redirect(
            Optional<RedirectPath> path,
            Optional<String> authority,
            Optional<RedirectPort> port,
            Optional<String> scheme,
            int code)
            implements HttpAction {}

    /** The path of a redirect. */
    @Immutable
    sealed interface RedirectPath {
        /** Replaces the whole path. */
        @Immutable
        record Full(String path) implements RedirectPath {}

        /** Replaces the matched prefix only ({@code prefixRewrite}, or {@code uri} that begins with {@code %PREFIX()%}). */
        @Immutable
        record ReplacePrefix(String prefix) implements RedirectPath {}
    }

    /** The port of a redirect. */
    @Immutable
    sealed interface RedirectPort {
        @Immutable
        record Number(int port) implements RedirectPort {}

        /** The default port of the scheme. */
        @Immutable
        record ProtocolDefault() implements RedirectPort {}

        /** The port of the request. */
        @Immutable
        record FromRequest() implements RedirectPort {}
    }

    /** Answers by itself. */
    @Immutable
    record DirectResponse(int status, Body body) implements HttpAction {}

    /** The body of a direct response. */
    @Immutable
    sealed interface Body {
        @Immutable
        record None() implements Body {}

        @Immutable
        record Text(String text) implements Body {}

        /** Raw bytes, kept in the base64 of the YAML so that the record stays immutable. */
        @Immutable
        record Bytes(String base64) implements Body {
            public byte[] decoded() {
                return Base64.getDecoder().decode(base64);
            }
        }
    }

    /**
     * Hands over to the rules of another VirtualService that has no hosts.
     *
     * @param namespace absent: that of the object that delegates
     */
    @Immutable
    record Delegate(String name, Optional<String> namespace) implements HttpAction {}
}

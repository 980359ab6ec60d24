package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.Headers;
import java.util.Set;

/**
 * The headers of a request that a program hands on with its own calls: the trace context, without which a mesh cannot join the hops
 * of one request, and the fault orders of {@link Fault}. A sidecar cannot do this for the program: only the program knows which
 * call belongs to which request.
 */
final class PassedHeaders {
    static final Set<String> TRACE = Set.of(
            "traceparent",
            "tracestate",
            "b3",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-parentspanid",
            "x-b3-sampled",
            "x-b3-flags",
            "x-request-id");

    private PassedHeaders() {}

    static ImmutableMap<String, String> of(Headers headers) {
        ImmutableMap.Builder<String, String> passed = ImmutableMap.builder();
        headers.forEach((name, values) -> {
            String lower = name.toLowerCase(java.util.Locale.ROOT);
            if (!values.isEmpty() && (TRACE.contains(lower) || lower.startsWith(Fault.PREFIX))) {
                passed.put(lower, values.getFirst());
            }
        });
        return passed.build();
    }
}

package dev.weft.model.http;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/**
 * One access log.
 *
 * @param sink where lines go
 * @param onlyNotFound whether only exchanges without a route are logged (Istio's listener log of NR)
 */
@Immutable
public record AccessLog(Sink sink, Format format, boolean onlyNotFound) {
    @Immutable
    public sealed interface Sink {}

    /** A path; {@code /dev/stdout} and {@code /dev/stderr} included. */
    public record FileSink(String path) implements Sink {}

    public record StdoutSink() implements Sink {}

    public record StderrSink() implements Sink {}

    /** Envoy's command operators. */
    @Immutable
    public sealed interface Format {}

    /** A line with operators, its line break included. Empty means Envoy's default line. */
    public record TextFormat(String text) implements Format {}

    /** A flat JSON object; key order is kept. */
    public record JsonFormat(ImmutableMap<String, String> fields) implements Format {}
}

package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.LogOperators;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import java.util.List;

/** Access logs. */
final class AccessLogDecoder {
    private static final AccessLog.Format DEFAULT_LINE = new AccessLog.TextFormat("");
    private static final ImmutableList<String> NOT_FOUND = ImmutableList.of("NR");

    private final Reading reading;
    private final ValueDecoder values;

    AccessLogDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    ImmutableList<AccessLog> decode(List<io.envoyproxy.envoy.config.accesslog.v3.AccessLog> messages, FieldPath at) {
        ImmutableList.Builder<AccessLog> logs = ImmutableList.builder();
        for (int i = 0; i < messages.size(); i++) {
            logs.add(decode(messages.get(i), at.index(i)));
        }
        return logs.build();
    }

    private AccessLog decode(io.envoyproxy.envoy.config.accesslog.v3.AccessLog message, FieldPath at) {
        boolean onlyNotFound = message.hasFilter() && onlyNotFound(message.getFilter(), at.field("filter"));
        FieldPath configAt = at.field("typed_config");
        Any config = reading.resolved(message.getTypedConfig(), configAt);
        if (ApiTypes.FILE_ACCESS_LOG.is(config)) {
            return reading.unpack(ApiTypes.FILE_ACCESS_LOG, config, configAt)
                    .map(file -> new AccessLog(
                            new AccessLog.FileSink(values.required(file.getPath(), configAt.field("path"))),
                            format(file, configAt),
                            onlyNotFound))
                    .orElseGet(AccessLogDecoder::nothing);
        }
        if (ApiTypes.STDOUT_ACCESS_LOG.is(config)) {
            return reading.unpack(ApiTypes.STDOUT_ACCESS_LOG, config, configAt)
                    .map(out -> new AccessLog(
                            new AccessLog.StdoutSink(),
                            out.hasLogFormat()
                                    ? format(out.getLogFormat(), configAt.field("log_format"))
                                    : DEFAULT_LINE,
                            onlyNotFound))
                    .orElseGet(AccessLogDecoder::nothing);
        }
        if (ApiTypes.STDERR_ACCESS_LOG.is(config)) {
            return reading.unpack(ApiTypes.STDERR_ACCESS_LOG, config, configAt)
                    .map(out -> new AccessLog(
                            new AccessLog.StderrSink(),
                            out.hasLogFormat()
                                    ? format(out.getLogFormat(), configAt.field("log_format"))
                                    : DEFAULT_LINE,
                            onlyNotFound))
                    .orElseGet(AccessLogDecoder::nothing);
        }
        reading.problem(configAt, "found " + config.getTypeUrl() + ", expected a file, stdout or stderr access log");
        return nothing();
    }

    private static AccessLog nothing() {
        return new AccessLog(new AccessLog.StdoutSink(), DEFAULT_LINE, false);
    }

    private boolean onlyNotFound(AccessLogFilter filter, FieldPath at) {
        boolean flags = filter.getFilterSpecifierCase() == AccessLogFilter.FilterSpecifierCase.RESPONSE_FLAG_FILTER;
        if (!flags || !filter.getResponseFlagFilter().getFlagsList().equals(NOT_FOUND)) {
            reading.problem(
                    at, "found a " + filter.getFilterSpecifierCase() + ", expected response_flag_filter with NR");
        }
        return true;
    }

    @SuppressWarnings("deprecation") // older servers still send the formats from before log_format
    private AccessLog.Format format(FileAccessLog file, FieldPath at) {
        return switch (file.getAccessLogFormatCase()) {
            case LOG_FORMAT -> format(file.getLogFormat(), at.field("log_format"));
            case FORMAT -> text(file.getFormat(), at.field("format"));
            case JSON_FORMAT -> json(file.getJsonFormat(), at.field("json_format"));
            case TYPED_JSON_FORMAT -> json(file.getTypedJsonFormat(), at.field("typed_json_format"));
            case ACCESSLOGFORMAT_NOT_SET -> DEFAULT_LINE;
        };
    }

    @SuppressWarnings("deprecation")
    private AccessLog.Format format(SubstitutionFormatString format, FieldPath at) {
        return switch (format.getFormatCase()) {
            case TEXT_FORMAT -> text(format.getTextFormat(), at.field("text_format"));
            case JSON_FORMAT -> json(format.getJsonFormat(), at.field("json_format"));
            case TEXT_FORMAT_SOURCE -> {
                DataSource source = format.getTextFormatSource();
                if (source.getSpecifierCase() != DataSource.SpecifierCase.INLINE_STRING) {
                    reading.problem(
                            at.field("text_format_source"),
                            "found " + source.getSpecifierCase() + ", expected inline_string");
                }
                yield text(
                        source.getInlineString(), at.field("text_format_source").field("inline_string"));
            }
            case FORMAT_NOT_SET -> {
                reading.problem(at, "found no format, expected text or JSON");
                yield DEFAULT_LINE;
            }
        };
    }

    /** A format that cannot be written is refused: lines that are missing are noticed when they are needed. */
    private AccessLog.Format text(String format, FieldPath at) {
        check(format, at);
        return new AccessLog.TextFormat(format);
    }

    private void check(String format, FieldPath at) {
        LogOperators.problem(format).ifPresent(problem -> reading.problem(at, "access log format: " + problem));
    }

    private AccessLog.Format json(Struct format, FieldPath at) {
        ImmutableMap.Builder<String, String> fields = ImmutableMap.builder();
        for (var entry : format.getFieldsMap().entrySet()) {
            if (entry.getValue().getKindCase() != Value.KindCase.STRING_VALUE) {
                reading.problem(
                        at.field(entry.getKey()),
                        "found a " + entry.getValue().getKindCase() + ", expected text with operators");
            }
            check(entry.getValue().getStringValue(), at.field(entry.getKey()));
            fields.put(entry.getKey(), entry.getValue().getStringValue());
        }
        return new AccessLog.JsonFormat(fields.buildOrThrow());
    }
}

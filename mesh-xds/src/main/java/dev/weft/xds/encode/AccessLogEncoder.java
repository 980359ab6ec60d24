package dev.weft.xds.encode;

import com.google.protobuf.Any;
import dev.weft.model.http.AccessLog;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.util.Optional;

/** Access logs. An empty text format is left out: the receiver's default line holds. */
final class AccessLogEncoder {
    private AccessLogEncoder() {}

    static io.envoyproxy.envoy.config.accesslog.v3.AccessLog encode(AccessLog log) {
        var message = io.envoyproxy.envoy.config.accesslog.v3.AccessLog.newBuilder();
        Optional<SubstitutionFormatString> format = format(log.format());
        if (log.onlyNotFound()) {
            message.setFilter(AccessLogFilter.newBuilder()
                    .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addFlags("NR")));
        }
        switch (log.sink()) {
            case AccessLog.FileSink file -> {
                FileAccessLog.Builder config = FileAccessLog.newBuilder().setPath(file.path());
                format.ifPresent(config::setLogFormat);
                message.setName("envoy.access_loggers.file");
                message.setTypedConfig(ApiTypes.FILE_ACCESS_LOG.pack(config.build()));
            }
            case AccessLog.StdoutSink stdout -> {
                StdoutAccessLog.Builder config = StdoutAccessLog.newBuilder();
                format.ifPresent(config::setLogFormat);
                message.setName("envoy.access_loggers.stdout");
                message.setTypedConfig(ApiTypes.STDOUT_ACCESS_LOG.pack(config.build()));
            }
            case AccessLog.StderrSink stderr -> {
                StderrAccessLog.Builder config = StderrAccessLog.newBuilder();
                format.ifPresent(config::setLogFormat);
                Any packed = ApiTypes.STDERR_ACCESS_LOG.pack(config.build());
                message.setName("envoy.access_loggers.stderr").setTypedConfig(packed);
            }
        }
        return message.build();
    }

    private static Optional<SubstitutionFormatString> format(AccessLog.Format format) {
        return switch (format) {
            case AccessLog.TextFormat text when text.text().isEmpty() -> Optional.empty();
            case AccessLog.TextFormat text ->
                Optional.of(SubstitutionFormatString.newBuilder()
                        .setTextFormatSource(DataSource.newBuilder().setInlineString(text.text()))
                        .build());
            case AccessLog.JsonFormat json ->
                Optional.of(SubstitutionFormatString.newBuilder()
                        .setJsonFormat(WireValues.struct(json.fields()))
                        .build());
        };
    }
}

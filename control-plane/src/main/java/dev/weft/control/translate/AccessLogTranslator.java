package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.model.http.AccessLog;
import dev.weft.resources.MeshConfig;

/** The mesh's access log. Without a file there is none; Istio's line and object are the defaults. */
final class AccessLogTranslator {
    private static final ImmutableMap<String, String> FIELDS = ImmutableMap.<String, String>builder()
            .put("start_time", "%START_TIME%")
            .put("method", "%REQ(:METHOD)%")
            .put("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%")
            .put("protocol", "%PROTOCOL%")
            .put("response_code", "%RESPONSE_CODE%")
            .put("response_flags", "%RESPONSE_FLAGS%")
            .put("response_code_details", "%RESPONSE_CODE_DETAILS%")
            .put("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%")
            .put("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%")
            .put("bytes_received", "%BYTES_RECEIVED%")
            .put("bytes_sent", "%BYTES_SENT%")
            .put("duration", "%DURATION%")
            .put("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%")
            .put("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%")
            .put("user_agent", "%REQ(USER-AGENT)%")
            .put("request_id", "%REQ(X-REQUEST-ID)%")
            .put("authority", "%REQ(:AUTHORITY)%")
            .put("upstream_host", "%UPSTREAM_HOST%")
            .put("upstream_cluster", "%UPSTREAM_CLUSTER_RAW%")
            .put("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%")
            .put("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%")
            .put("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%")
            .put("requested_server_name", "%REQUESTED_SERVER_NAME%")
            .put("route_name", "%ROUTE_NAME%")
            .buildOrThrow();

    private static final String LINE = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\""
            + " %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%"
            + " \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
            + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\""
            + " \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW%"
            + " %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS%"
            + " %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    private AccessLogTranslator() {}

    static ImmutableList<AccessLog> translate(MeshConfig mesh) {
        String file = mesh.accessLog().file();
        if (file.isEmpty()) {
            return ImmutableList.of();
        }
        return ImmutableList.of(new AccessLog(new AccessLog.FileSink(file), format(mesh.accessLog()), false));
    }

    private static AccessLog.Format format(MeshConfig.AccessLog log) {
        return switch (log.format()) {
            case MeshConfig.AccessLog.Line(String text) -> new AccessLog.TextFormat(text.isEmpty() ? LINE : line(text));
            case MeshConfig.AccessLog.Members(ImmutableMap<String, String> texts) ->
                new AccessLog.JsonFormat(texts.isEmpty() ? FIELDS : texts);
        };
    }

    private static String line(String format) {
        return format.endsWith("\n") ? format : format + "\n";
    }
}

package dev.weft.proxy.rpc;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How HTTP/2's ends of a stream read in gRPC's terms (its documents "gRPC over HTTP2" and "HTTP to gRPC Status Code Mapping"). Pure.
 */
final class RpcStatus {
    private static final String BINARY = "-bin";

    private RpcStatus() {}

    /** Of trailers, or of a response that is nothing but a head; {@code httpStatus} counts where they name no gRPC status. */
    static Status of(int httpStatus, Headers fields) {
        String code = fields.text(HeaderName.GRPC_STATUS);
        if (code == null) {
            return ofHttp(httpStatus);
        }
        Status status;
        try {
            status = Status.fromCodeValue(Integer.parseInt(code));
        } catch (NumberFormatException e) {
            return Status.UNKNOWN.withDescription("grpc-status is '" + code + "', expected a number");
        }
        String message = fields.text(HeaderName.GRPC_MESSAGE);
        return message == null ? status : status.withDescription(decoded(message));
    }

    /** Of an answer that is not gRPC's. */
    static Status ofHttp(int status) {
        Status.Code code = switch (status) {
            case 400 -> Status.Code.INTERNAL;
            case 401 -> Status.Code.UNAUTHENTICATED;
            case 403 -> Status.Code.PERMISSION_DENIED;
            case 404 -> Status.Code.UNIMPLEMENTED;
            case 429, 502, 503, 504 -> Status.Code.UNAVAILABLE;
            default -> Status.Code.UNKNOWN;
        };
        return code.toStatus().withDescription("HTTP status " + status + " without a grpc-status");
    }

    /** Of a stream that ended before its answer did. */
    static Status ofReset(FailureReason reason, String detail) {
        String text = reason.body() + (detail.isEmpty() ? "" : ": " + detail);
        Status status = switch (reason) {
            case UPSTREAM_PROTOCOL, LOCAL_RESET -> Status.INTERNAL;
            case UPSTREAM_RESET ->
                switch (detail) {
                    case "CANCEL" -> Status.CANCELLED;
                    case "ENHANCE_YOUR_CALM" -> Status.RESOURCE_EXHAUSTED;
                    case "INADEQUATE_SECURITY" -> Status.PERMISSION_DENIED;
                    default -> Status.INTERNAL;
                };
            default -> Status.UNAVAILABLE;
        };
        return status.withDescription(text);
    }

    /** All fields but those that tell the status. */
    static Metadata metadata(Headers fields) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < fields.entries(); i++) {
            if (!fields.isLive(i)) {
                continue;
            }
            String name = fields.nameText(i);
            if (name.equals("grpc-status") || name.equals("grpc-message")) {
                continue;
            }
            if (name.endsWith(BINARY)) {
                addBinary(metadata, name, fields.valueText(i));
            } else {
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), fields.valueText(i));
            }
        }
        return metadata;
    }

    /** Values of one name may come joined. One that is not Base64 tells nobody anything. */
    private static void addBinary(Metadata metadata, String name, String values) {
        Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        int from = 0;
        while (from <= values.length()) {
            int comma = values.indexOf(',', from);
            int to = comma < 0 ? values.length() : comma;
            try {
                metadata.put(
                        key,
                        Base64.getDecoder().decode(values.substring(from, to).strip()));
            } catch (IllegalArgumentException ignored) {
                // as if it had not been sent
            }
            from = to + 1;
        }
    }

    /** Percent-encoded UTF-8; what is not well encoded stays as it is. */
    private static String decoded(String message) {
        if (message.indexOf('%') < 0) {
            return message;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.length());
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            int value = c == '%' && i + 2 < message.length() ? hex(message, i + 1) : -1;
            if (value >= 0) {
                bytes.write(value);
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int hex(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}

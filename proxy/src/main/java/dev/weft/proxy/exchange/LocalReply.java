package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a {@link FailureReason}, a direct response or a redirect becomes an HTTP or gRPC answer.
 *
 * <p>Asked by filters, router and server connections on the exchange's loop; the answer walks the response filters like
 * any other. Once the response's head has reached the client nothing can be answered: the response breaks off instead.
 *
 * <p>To a gRPC request the answer is status 200 with {@code grpc-status} in the head alone, as the gRPC protocol wants.
 */
public final class LocalReply {
    private static final byte[] GRPC = "application/grpc".getBytes(StandardCharsets.ISO_8859_1);
    private static final String HEX = "0123456789ABCDEF";

    private final FailureReason reason;
    private final Headers extra = new Headers();
    private int status;
    private int grpcStatus;
    private String body;
    private byte @Nullable [] bytes;
    private @Nullable String details;
    private @Nullable String contentType;

    private LocalReply(FailureReason reason) {
        this.reason = reason;
        this.status = reason.status();
        this.grpcStatus = reason.grpcStatus();
        this.body = reason.body();
    }

    /** An answer with the reason's own status, body and details. */
    public static LocalReply of(FailureReason reason) {
        return new LocalReply(reason);
    }

    /** Another status than the reason's; the gRPC status follows it. */
    public LocalReply status(int value) {
        status = value;
        grpcStatus = grpcStatusOf(value);
        return this;
    }

    /** Another gRPC status than the one that the HTTP status maps to. */
    public LocalReply grpcStatus(int value) {
        grpcStatus = value;
        return this;
    }

    /** Another text than the reason's. */
    public LocalReply body(String text) {
        body = text;
        return this;
    }

    /** Raw bytes instead of a text. */
    public LocalReply body(byte[] value) {
        bytes = value;
        return this;
    }

    /** Another content type than {@code text/plain}. */
    public LocalReply contentType(String value) {
        contentType = value;
        return this;
    }

    /** Other details than the reason's, such as the policy that denied. */
    public LocalReply details(String text) {
        details = text.replace(' ', '_');
        return this;
    }

    /** One more field in the answer. */
    public LocalReply header(HeaderName name, String value) {
        extra.add(name, value);
        return this;
    }

    /** Answers the exchange, or breaks its response off if it has begun. */
    public void send(Exchange exchange) {
        boolean begun = exchange.toClient().isDelivered();
        String why = details == null ? standardDetails(exchange, begun) : details;
        exchange.fail(reason, why);
        exchange.abandon(reason);
        if (begun || status == 0) {
            exchange.toClient().stop();
            exchange.client().onResponseReset(reason);
            return;
        }
        exchange.toClient().restart();
        ResponseHead head = exchange.response();
        head.clear();
        head.status(status);
        RouteDecision route = exchange.routeIfKnown();
        if (route != null) {
            route.editLocalReply(exchange);
        }
        head.headers().addAll(extra);
        if (isGrpc(exchange.request().headers())) {
            sendGrpc(exchange, head);
        } else {
            sendHttp(exchange, head);
        }
    }

    /** Whether the content type is gRPC's, a subtype or parameters aside; gRPC-Web is not. */
    public static boolean isGrpc(Headers headers) {
        int entry = headers.find(HeaderName.CONTENT_TYPE);
        if (entry == Headers.NONE) {
            return false;
        }
        int start = headers.valueStart(entry);
        int length = headers.valueLength(entry);
        if (!ByteRanges.startsWith(headers.block(), start, length, GRPC)) {
            return false;
        }
        if (length == GRPC.length) {
            return true;
        }
        byte next = headers.block()[start + GRPC.length];
        return next == '+' || next == ';';
    }

    /** The gRPC status for an HTTP status, as the gRPC documents and Envoy map it. */
    public static int grpcStatusOf(int httpStatus) {
        return switch (httpStatus) {
            case 200 -> 0;
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> 2;
        };
    }

    /** Text as {@code grpc-message} wants it: printable ASCII, all else and the percent sign as UTF-8 in hex. */
    public static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (value >= 0x20 && value < 0x7F && value != '%') {
                out.append((char) value);
            } else {
                out.append('%').append(HEX.charAt((value >> 4) & 0xF)).append(HEX.charAt(value & 0xF));
            }
        }
        return out.toString();
    }

    private void sendHttp(Exchange exchange, ResponseHead head) {
        head.status(status);
        byte[] raw = bytes;
        byte[] content = raw == null ? text(exchange).getBytes(StandardCharsets.UTF_8) : raw;
        if (content.length == 0) {
            head.headers().remove(HeaderName.CONTENT_TYPE);
            exchange.toClient().onResponseHead(true);
            return;
        }
        if (!head.headers().contains(HeaderName.CONTENT_TYPE)) {
            head.headers().add(HeaderName.CONTENT_TYPE, contentType == null ? "text/plain" : contentType);
        }
        head.headers().set(HeaderName.CONTENT_LENGTH, content.length);
        head.contentLength(content.length);
        if (exchange.request().method() == HttpMethod.HEAD) {
            exchange.toClient().onResponseHead(true);
            return;
        }
        exchange.toClient().onResponseHead(false);
        ByteBuf data = exchange.loop().allocator().ioBuffer(content.length);
        data.writeBytes(content);
        exchange.toClient().onResponseData(data, true);
    }

    private void sendGrpc(Exchange exchange, ResponseHead head) {
        head.status(200);
        head.headers().set(HeaderName.CONTENT_TYPE, "application/grpc");
        head.headers().set(HeaderName.GRPC_STATUS, grpcStatus);
        String text = text(exchange);
        if (!text.isEmpty()) {
            head.headers().set(HeaderName.GRPC_MESSAGE, percentEncoded(text));
        }
        exchange.toClient().onResponseHead(true);
    }

    private String text(Exchange exchange) {
        if (!reason.isUpstreamReset()) {
            return body;
        }
        boolean retried = exchange.upstream().attempts() > 1;
        return "upstream connect error or disconnect/reset before headers. "
                + (retried ? "retried and the latest reset reason: " : "reset reason: ")
                + body;
    }

    private String standardDetails(Exchange exchange, boolean begun) {
        if (!reason.isUpstreamReset()) {
            return reason.details();
        }
        String failure = exchange.upstream().failure();
        return (begun ? "upstream_reset_after_response_started{" : "upstream_reset_before_response_started{")
                + reason.details()
                + (failure.isEmpty() ? "" : "|" + failure.replace(' ', '_'))
                + "}";
    }
}

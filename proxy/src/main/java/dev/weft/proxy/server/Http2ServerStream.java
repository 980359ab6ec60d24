package dev.weft.proxy.server;

import dev.weft.proxy.codec.http2.Http2Connection;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.codec.http2.Http2Stream;
import dev.weft.proxy.codec.http2.MessageFields;
import dev.weft.proxy.codec.http2.StreamEnd;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client and its exchange.
 *
 * <p>Driven by {@link Http2Connection} for the request and by the filters, as their {@link ResponseSink}, for the response.
 * Loop-confined, recycled. The exchange is complete when the response's last frame was flushed, not before.
 */
final class Http2ServerStream extends Http2Stream implements ResponseSink {
    private static final byte[] CONTINUE = "100-continue".getBytes(StandardCharsets.ISO_8859_1);
    /** Never written to. */
    private static final Headers NO_FIELDS = new Headers();

    private @Nullable Http2Server server;
    private @Nullable Exchange exchange;
    private boolean begun;
    private boolean tunnel;

    void bind(Http2Server owner) {
        server = owner;
        begun = false;
        tunnel = false;
    }

    // ---- requests --------------------------------------------------------------------------------------------------

    @Override
    protected MessageFields fields(boolean end) {
        Http2Server owner = server();
        Exchange current = exchange;
        if (current != null) {
            return owner.shared().trailerFields().begin(owner.options().http2(), current.requestTrailers());
        }
        Loop loop = owner.loop();
        current = loop.exchange();
        current.timings().start = loop.now();
        current.timings().startEpochMillis = loop.epochMillis();
        exchange = current;
        return owner.shared()
                .requestFields()
                .begin(current.request(), owner.options().http2());
    }

    @Override
    protected void onFields(boolean end) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (end) {
            current.timings().requestEnd = server().loop().now();
        }
        if (!begun) {
            onHead(current, server().shared().requestFields().outcome(), end);
            return;
        }
        FailureReason refusal = refusal(server().shared().trailerFields().outcome());
        if (refusal != null) {
            current.answer(refusal);
        } else if (current.requestTrailers().size() == 0) {
            current.toUpstream().onRequestData(Unpooled.EMPTY_BUFFER, true);
        } else {
            current.toUpstream().onRequestTrailers();
        }
    }

    private void onHead(Exchange current, MessageFields.Outcome outcome, boolean end) {
        Http2Server owner = server();
        begun = true;
        current.begin(owner.service().filterChain(), owner.facts(), this);
        FailureReason refusal = refusal(outcome);
        if (refusal == null) {
            refusal = accept(current.request());
        }
        if (refusal != null) {
            current.answer(refusal);
            return;
        }
        tunnel = current.request().wantsTunnel();
        answerContinue(current.request().headers(), end);
        current.toUpstream().onRequestHead(end);
    }

    private static @Nullable FailureReason refusal(MessageFields.Outcome outcome) {
        return switch (outcome) {
            case WELL_FORMED -> null;
            case MALFORMED -> FailureReason.HTTP2_MESSAGING;
            case TOO_MANY -> FailureReason.HTTP2_TOO_MANY_HEADERS;
            case TOO_LARGE -> FailureReason.HTTP2_HEADERS_TOO_LARGE;
        };
    }

    /** What a well-formed head is still to be refused for; null if nothing. */
    private @Nullable FailureReason accept(RequestHead head) {
        if (!head.hasAuthority()) {
            return FailureReason.MISSING_HOST;
        }
        ServerOptions.Underscores underscores = server().options().http1().underscores();
        if (underscores != ServerOptions.Underscores.ALLOW
                && !UnderscoreFields.areAcceptable(head.headers(), underscores)) {
            return FailureReason.HTTP2_UNDERSCORE;
        }
        if (server().facts().tls() != null) {
            head.scheme(RequestHead.Scheme.HTTPS);
        }
        if (head.upgrade() != null && !head.headers().contains(HeaderName.SEC_WEBSOCKET_KEY)) {
            // HTTP/2 has no such handshake, an HTTP/1 upstream insists on it.
            byte[] key = new byte[16];
            for (int i = 0; i < key.length; i++) {
                key[i] = (byte) server().loop().random().nextInt();
            }
            head.headers().add(HeaderName.SEC_WEBSOCKET_KEY, Base64.getEncoder().encodeToString(key));
        }
        return null;
    }

    private void answerContinue(Headers headers, boolean end) {
        int entry = headers.find(HeaderName.EXPECT);
        if (entry == Headers.NONE
                || server().options().http1().expectContinue() != ServerOptions.ExpectContinue.ANSWER
                || !headers.valueEqualsIgnoreCase(entry, CONTINUE)) {
            return;
        }
        headers.remove(HeaderName.EXPECT);
        if (!end) {
            connection().writeResponse(this, 100, NO_FIELDS, false);
        }
    }

    @Override
    protected void onData(ByteBuf data, boolean end) {
        Exchange current = exchange;
        if (current == null) {
            data.release();
            return;
        }
        current.countRequest(data.readableBytes());
        if (end) {
            current.timings().requestEnd = server().loop().now();
        }
        current.toUpstream().onRequestData(data, end);
    }

    @Override
    public void onRequestConsumed(int bytes) {
        if (isOpen()) {
            connection().consumed(this, bytes);
        }
    }

    // ---- responses -------------------------------------------------------------------------------------------------

    @Override
    public void onInformational() {
        Exchange current = exchange;
        if (current != null) {
            ResponseHead head = current.response();
            connection().writeResponse(this, head.status(), head.headers(), false);
        }
    }

    @Override
    public void onResponseHead(boolean end) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        Http2Server owner = server();
        current.timings().responseStart = owner.loop().now();
        if (current.closesConnection() || owner.service().isDraining()) {
            owner.drain();
        }
        ResponseHead head = current.response();
        int status = head.status();
        if (status == 101 && current.request().upgrade() != null) {
            // An accepted upgrade is a successful extended CONNECT: RFC 8441 section 5.
            status = 200;
            head.headers().remove(HeaderName.SEC_WEBSOCKET_ACCEPT);
        }
        connection().writeResponse(this, status, head.headers(), end);
    }

    @Override
    public void onResponseData(ByteBuf data, boolean end) {
        if (isOpen()) {
            connection().sendData(this, data, end);
        } else {
            data.release();
        }
    }

    @Override
    public void onResponseTrailers() {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        Headers trailers = current.responseTrailers();
        if (trailers.size() == 0) {
            connection().sendData(this, Unpooled.EMPTY_BUFFER, true);
        } else {
            connection().sendTrailers(this, trailers);
        }
    }

    @Override
    public void onResponseReset(FailureReason reason) {
        if (!isOpen()) {
            return;
        }
        connection().reset(this, errorOf(reason));
    }

    @Override
    protected void onWritten(int bytes) {
        Exchange current = exchange;
        if (current != null) {
            current.toUpstream().onResponseConsumed(bytes);
        }
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    void checkTime(Http2Watch watch) {
        Exchange current = exchange;
        if (current == null || !begun || queuedBytes() > 0) {
            return; // what waits for the client's window has a timeout of its own
        }
        FailureReason reason = watch.overdue(openedAt(), activeAt(), !isRemoteEnded() && !tunnel);
        if (reason != null) {
            current.answer(reason);
        }
    }

    @Override
    protected void onFinished() {
        Exchange current = exchange;
        if (current != null) {
            current.timings().responseEnd = server().loop().now();
            complete(current);
        }
        if (!isRemoteEnded() && isOpen()) {
            // The answer is complete and the rest of the request is of no use: RFC 9113 section 8.1.
            connection().reset(this, Http2Error.NO_ERROR);
        }
    }

    @Override
    protected void onReset(StreamEnd why, int error) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (!begun) {
            current.begin(server().service().filterChain(), server().facts(), this);
        }
        current.toUpstream()
                .onRequestReset(
                        switch (why) {
                            case PEER_RESET, PEER_REFUSED -> FailureReason.DOWNSTREAM_RESET;
                            case PEER_FAULT -> FailureReason.HTTP2_MESSAGING;
                            case FLUSH_TIMEOUT -> FailureReason.FLUSH_TIMEOUT;
                            case CONNECTION_FAULT -> FailureReason.HTTP2_MESSAGING;
                            case CONNECTION_CLOSED -> FailureReason.DOWNSTREAM_CLOSED;
                        });
        complete(current);
    }

    private void complete(Exchange current) {
        exchange = null;
        current.complete();
        server().loop().recycle(current);
    }

    @Override
    protected void onClosed() {
        Http2Server owner = server();
        server = null;
        owner.recycle(this);
    }

    private static int errorOf(FailureReason reason) {
        return switch (reason) {
            case UPSTREAM_PROTOCOL -> Http2Error.PROTOCOL_ERROR;
            case HTTP2_MESSAGING -> Http2Error.PROTOCOL_ERROR;
            case UPSTREAM_REFUSED_STREAM -> Http2Error.REFUSED_STREAM;
            case FLUSH_TIMEOUT, ROUTE_TIMEOUT, MAX_STREAM_DURATION, STREAM_IDLE_TIMEOUT -> Http2Error.CANCEL;
            default -> Http2Error.INTERNAL_ERROR;
        };
    }

    private Http2Connection connection() {
        return server().connection();
    }

    private Http2Server server() {
        Http2Server owner = server;
        if (owner == null) {
            throw new AssertionError("a stream is used that is not open");
        }
        return owner;
    }
}

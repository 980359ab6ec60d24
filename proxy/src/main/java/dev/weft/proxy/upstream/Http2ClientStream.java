package dev.weft.proxy.upstream;

import dev.weft.proxy.codec.http2.Http2Connection;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.codec.http2.Http2Stream;
import dev.weft.proxy.codec.http2.MessageFields;
import dev.weft.proxy.codec.http2.StreamEnd;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.UpstreamFacts;
import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One request on an {@link Http2Client}.
 *
 * <p>Loop-confined, recycled when both sides have ended; its listener must let go of it by then, as {@link UpstreamStream}
 * says.
 */
final class Http2ClientStream extends Http2Stream implements UpstreamStream {
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private @Nullable Http2Client client;
    private @Nullable UpstreamListener listener;
    private HttpMethod method = HttpMethod.GET;
    private boolean upgrading;
    private @Nullable String webSocketKey;
    private boolean headDone;
    private boolean refused;

    void bind(Http2Client owner, UpstreamListener asking) {
        client = owner;
        listener = asking;
        headDone = false;
        refused = false;
        upgrading = false;
        webSocketKey = null;
    }

    // ---- the request -----------------------------------------------------------------------------------------------

    @Override
    public void describeTo(UpstreamFacts facts) {
        Http2Client owner = client;
        if (owner == null) {
            return;
        }
        Established established = owner.established();
        facts.connection(established.id(), established.local(), HttpProtocol.HTTP_2, established.tls());
    }

    @Override
    public void writeHead(RequestHead head, boolean end) {
        method = head.method();
        upgrading = head.upgrade() != null;
        if (upgrading) {
            webSocketKey = head.headers().text(HeaderName.SEC_WEBSOCKET_KEY);
            if (!client().takesConnectProtocol()) {
                refused = true;
                connection().reset(this, Http2Error.CANCEL);
                return;
            }
        }
        connection().writeRequest(this, head, end);
    }

    @Override
    public void writeData(ByteBuf data, boolean end) {
        if (!isOpen()) {
            data.release();
            return;
        }
        connection().sendData(this, data, end);
    }

    @Override
    public void writeTrailers(Headers trailers) {
        if (!isOpen()) {
            return;
        }
        if (trailers.size() == 0) {
            connection().sendData(this, Unpooled.EMPTY_BUFFER, true);
        } else {
            connection().sendTrailers(this, trailers);
        }
    }

    @Override
    public void onResponseConsumed(int bytes) {
        if (isOpen()) {
            connection().consumed(this, bytes);
        }
    }

    @Override
    public void cancel() {
        listener = null;
        if (isOpen()) {
            connection().reset(this, Http2Error.CANCEL);
        }
    }

    @Override
    protected void onWritten(int bytes) {
        UpstreamListener current = listener;
        if (current != null) {
            current.onRequestConsumed(bytes);
        }
    }

    // ---- the response ----------------------------------------------------------------------------------------------

    @Override
    protected MessageFields fields(boolean end) {
        Http2Client owner = client();
        UpstreamListener current = listener;
        if (headDone) {
            Headers trailers = current == null ? new Headers() : current.responseTrailers();
            trailers.clear();
            return owner.shared().trailerFields().begin(owner.config(), trailers);
        }
        ResponseHead head = current == null ? new ResponseHead() : current.responseHead();
        head.clear();
        return owner.shared().responseFields().begin(head, owner.config());
    }

    @Override
    protected long bodyLength(MessageFields fields) {
        UpstreamListener current = listener;
        int status = current == null ? 0 : current.responseHead().status();
        if (method == HttpMethod.HEAD || status == 204 || status == 304) {
            return 0;
        }
        return (upgrading || method == HttpMethod.CONNECT) && status < 300 ? -1 : fields.contentLength();
    }

    @Override
    protected void onFields(boolean end) {
        UpstreamListener current = listener;
        if (current == null) {
            return;
        }
        MessageFields fields =
                headDone ? client().shared().trailerFields() : client().shared().responseFields();
        if (fields.outcome() != MessageFields.Outcome.WELL_FORMED) {
            listener = null;
            connection().reset(this, Http2Error.CANCEL);
            current.onReset(
                    FailureReason.UPSTREAM_PROTOCOL,
                    fields.outcome() == MessageFields.Outcome.TOO_MANY
                            ? "http2.too_many_headers"
                            : "http2.header_list_size_too_large");
            return;
        }
        if (headDone) {
            ended();
            if (current.responseTrailers().size() == 0) {
                current.onData(Unpooled.EMPTY_BUFFER, true);
            } else {
                current.onTrailers();
            }
            return;
        }
        ResponseHead head = current.responseHead();
        if (head.status() < 200) {
            current.onInformational();
            return;
        }
        headDone = true;
        if (upgrading && head.status() < 300) {
            acceptUpgrade(head);
        }
        if (end) {
            ended();
        }
        current.onHead(end);
    }

    @Override
    protected void onData(ByteBuf data, boolean end) {
        UpstreamListener current = listener;
        if (current == null) {
            data.release();
            return;
        }
        if (end) {
            ended();
        }
        current.onData(data, end);
    }

    /** Everything came. What is left of the request is of no use: RFC 9113 section 8.1. */
    private void ended() {
        listener = null;
        if (!isLocalEnded() || queuedBytes() > 0) {
            connection().reset(this, Http2Error.CANCEL);
        }
    }

    /** A successful extended CONNECT is what HTTP/1 calls 101, with the handshake that HTTP/1 expects. */
    private void acceptUpgrade(ResponseHead head) {
        head.status(101);
        String key = webSocketKey;
        if (key == null) {
            return;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + WEBSOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1));
            head.headers()
                    .set(HeaderName.SEC_WEBSOCKET_ACCEPT, Base64.getEncoder().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-1", e);
        }
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    @Override
    protected void onFinished() {
        UpstreamListener current = listener;
        if (refused && current != null) {
            listener = null;
            current.onReset(FailureReason.UPSTREAM_PROTOCOL, "the upstream does not take extended CONNECT");
        }
    }

    @Override
    protected void onReset(StreamEnd why, int error) {
        UpstreamListener current = listener;
        listener = null;
        if (current == null) {
            return;
        }
        switch (why) {
            case PEER_RESET ->
                current.onReset(
                        FailureReason.UPSTREAM_RESET, error == Http2Error.NO_ERROR ? "" : Http2Error.name(error));
            case PEER_REFUSED -> current.onReset(FailureReason.UPSTREAM_REFUSED_STREAM, "");
            case PEER_FAULT, CONNECTION_FAULT -> current.onReset(FailureReason.UPSTREAM_PROTOCOL, "");
            case FLUSH_TIMEOUT -> current.onReset(FailureReason.LOCAL_RESET, "tx_flush_timeout");
            case CONNECTION_CLOSED -> current.onReset(FailureReason.UPSTREAM_CLOSED, "");
        }
    }

    @Override
    protected void onClosed() {
        Http2Client owner = client();
        client = null;
        listener = null;
        webSocketKey = null;
        owner.recycle(this);
    }

    private Http2Connection connection() {
        return client().connection();
    }

    private Http2Client client() {
        Http2Client owner = client;
        if (owner == null) {
            throw new AssertionError("a stream is used that is over");
        }
        return owner;
    }
}

package dev.weft.proxy.rpc;

import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call as its caller sees it. Methods from one thread at a time, as gRPC asks of callers; what they want is done on the channel's
 * loop in their order. Callbacks come on the call's executor, if it has one, else on the channel's.
 */
final class RpcCall<Q, R> extends ClientCall<Q, R> implements RpcStream.Events {
    private static final Logger LOG = LoggerFactory.getLogger(RpcCall.class);
    private static final int PREFIX = 5;
    /** With less than this under way a caller may go on. */
    private static final int READY_BYTES = 32 * 1024;

    private static final long MOST_TIMEOUT_DIGITS = 99_999_999;

    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final RpcChannel channel;
    private final Loop loop;
    private final Executor callbacks;
    private final RpcStream stream;
    private final AtomicInteger underWay = new AtomicInteger();
    private @Nullable Listener<R> listener;
    private volatile boolean open;

    RpcCall(MethodDescriptor<Q, R> method, CallOptions options, RpcChannel channel, int mostMessageBytes) {
        this.method = method;
        this.options = options;
        this.channel = channel;
        this.loop = channel.loop();
        Executor own = options.getExecutor();
        this.callbacks = own == null ? channel.callbacks() : own;
        this.stream = new RpcStream(channel.connections(), loop, this, mostMessageBytes);
    }

    @Override
    public void start(Listener<R> responses, Metadata headers) {
        if (listener != null) {
            throw new IllegalStateException("a call is started once");
        }
        listener = responses;
        Deadline until = options.getDeadline();
        long nanos = until == null ? Long.MAX_VALUE : Math.max(0, until.timeRemaining(TimeUnit.NANOSECONDS));
        try {
            fill(stream.head(), headers, nanos);
        } catch (IOException e) {
            onLoop(() -> stream.fail(
                    Status.UNAUTHENTICATED.withDescription(e.getMessage()).withCause(e)));
            return;
        }
        onLoop(() -> stream.start(nanos));
    }

    private void fill(RequestHead head, Metadata headers, long nanos) throws IOException {
        head.protocol(HttpProtocol.HTTP_2);
        head.scheme(channel.isSecure() ? RequestHead.Scheme.HTTPS : RequestHead.Scheme.HTTP);
        head.method("POST");
        head.path('/' + method.getFullMethodName());
        String authority = options.getAuthority();
        head.authority(authority == null ? channel.authority() : authority);
        Headers fields = head.headers();
        fields.add(HeaderName.CONTENT_TYPE, "application/grpc");
        fields.add(HeaderName.TE, "trailers");
        fields.add(HeaderName.USER_AGENT, "weft-proxy");
        if (nanos != Long.MAX_VALUE) {
            fields.add(HeaderName.GRPC_TIMEOUT, timeout(nanos));
        }
        for (String name : headers.keys()) {
            add(fields, headers, name);
        }
        String credential = channel.credential().authorization();
        if (!credential.isEmpty()) {
            fields.add(HeaderName.AUTHORIZATION, credential);
            fields.markSensitive(fields.find(HeaderName.AUTHORIZATION));
        }
    }

    private static void add(Headers fields, Metadata headers, String name) {
        HeaderName field = HeaderName.of(name);
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            Iterable<byte[]> values = headers.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
            if (values != null) {
                for (byte[] value : values) {
                    fields.add(field, Base64.getEncoder().withoutPadding().encodeToString(value));
                }
            }
            return;
        }
        Iterable<String> values = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        if (values != null) {
            for (String value : values) {
                fields.add(field, value);
            }
        }
    }

    /** At most eight digits and a unit, as {@code grpc-timeout} wants it. */
    static String timeout(long nanos) {
        if (nanos <= MOST_TIMEOUT_DIGITS) {
            return nanos + "n";
        }
        if (nanos / 1_000 <= MOST_TIMEOUT_DIGITS) {
            return nanos / 1_000 + "u";
        }
        if (nanos / 1_000_000 <= MOST_TIMEOUT_DIGITS) {
            return nanos / 1_000_000 + "m";
        }
        return Math.min(nanos / 1_000_000_000, MOST_TIMEOUT_DIGITS) + "S";
    }

    @Override
    public void request(int messages) {
        onLoop(() -> stream.request(messages));
    }

    @Override
    public void sendMessage(Q message) {
        byte[] framed = framed(method.streamRequest(message));
        underWay.addAndGet(framed.length);
        onLoop(() -> stream.send(framed));
    }

    private static byte[] framed(InputStream message) {
        try (message) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(PREFIX + Math.max(64, message.available()));
            bytes.write(new byte[PREFIX], 0, PREFIX);
            message.transferTo(bytes);
            byte[] framed = bytes.toByteArray();
            int length = framed.length - PREFIX;
            framed[1] = (byte) (length >>> 24);
            framed[2] = (byte) (length >>> 16);
            framed[3] = (byte) (length >>> 8);
            framed[4] = (byte) length;
            return framed;
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a message cannot be written")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    @Override
    public void halfClose() {
        onLoop(stream::halfClose);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        String text = message == null ? "cancelled by its caller" : message;
        onLoop(() -> stream.cancel(Status.CANCELLED.withDescription(text).withCause(cause)));
    }

    @Override
    public boolean isReady() {
        return open && underWay.get() < READY_BYTES;
    }

    // ---- from the wire, on the loop --------------------------------------------------------------------------------

    @Override
    public void onOpen() {
        open = true;
        tell(Listener::onReady);
    }

    @Override
    public void onHeaders(Metadata headers) {
        tell(responses -> responses.onHeaders(headers));
    }

    @Override
    public void onMessage(byte[] message) {
        tell(responses -> responses.onMessage(method.parseResponse(new ByteArrayInputStream(message))));
    }

    @Override
    public void onSent(int bytes) {
        int after = underWay.addAndGet(-bytes);
        if (open && after < READY_BYTES && after + bytes >= READY_BYTES) {
            tell(Listener::onReady);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        open = false;
        // The server may see the deadline first, and resets the stream then.
        Deadline until = options.getDeadline();
        Status told = status.getCode() == Status.Code.CANCELLED && until != null && until.isExpired()
                ? Status.DEADLINE_EXCEEDED.withDescription("no complete answer in time")
                : status;
        tell(responses -> responses.onClose(told, trailers));
    }

    /** What a listener throws, or a message that does not parse, ends the call, as in gRPC's own channels. */
    private void tell(Callback<R> callback) {
        Listener<R> responses = listener;
        if (responses == null) {
            return;
        }
        try {
            callbacks.execute(() -> {
                try {
                    callback.tell(responses);
                } catch (RuntimeException e) {
                    LOG.warn("a call's listener failed method={} cause={}", method.getFullMethodName(), e.toString());
                    cancel("its listener failed: " + e, e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("a call's end came after its caller's");
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("a call was used after its loop's end");
        }
    }

    private interface Callback<R> {
        void tell(Listener<R> listener);
    }
}

package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.UpstreamStream;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;

/** The same unary gRPC-like request again and again. */
public final class BenchRequest extends StreamRequest {
    private static final byte[] MESSAGE = new byte[64];

    private final Loop loop;
    private final ConnectionPool pool;
    private final AtomicLong done;
    private final RequestHead head = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final Headers trailers = new Headers();
    private long number;

    public BenchRequest(Loop loop, ConnectionPool pool, AtomicLong done) {
        this.loop = loop;
        this.pool = pool;
        this.done = done;
    }

    public void start() {
        head.clear();
        head.method("POST");
        head.path("/bookstore.Catalog/ListBooks");
        head.authority("catalog.bookstore.svc.cluster.local:8080");
        Headers headers = head.headers();
        headers.add(HeaderName.TE, "trailers");
        headers.add(HeaderName.CONTENT_TYPE, "application/grpc");
        headers.add(HeaderName.USER_AGENT, "grpc-java-netty/1.85.1");
        headers.add(HeaderName.GRPC_ACCEPT_ENCODING, "gzip");
        headers.add(HeaderName.X_REQUEST_ID, "4c3d9c0e-3f7e-4a4b-9b51-" + (100_000_000_000L + number++));
        pool.open(this);
    }

    @Override
    protected void onStream(UpstreamStream stream) {
        stream.writeHead(head, false);
        stream.writeData(loop.allocator().ioBuffer(64).writeBytes(MESSAGE), true);
    }

    @Override
    protected void onRefused(FailureReason reason, String detail) {
        throw new AssertionError(reason + " " + detail);
    }

    @Override
    public ResponseHead responseHead() {
        return response;
    }

    @Override
    public Headers responseTrailers() {
        return trailers;
    }

    @Override
    public void onInformational() {}

    @Override
    public void onHead(boolean end) {}

    @Override
    public void onData(ByteBuf data, boolean end) {
        data.release();
    }

    @Override
    public void onTrailers() {
        done.lazySet(done.get() + 1);
        start();
    }

    @Override
    public void onReset(FailureReason reason, String detail) {
        throw new AssertionError(reason + " " + detail);
    }

    @Override
    public void onRequestConsumed(int bytes) {}
}

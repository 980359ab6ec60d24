package dev.weft.proxy.tcp;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.function.Consumer;

/**
 * Istio's TCP metadata exchange, one end: tells the peer who we are in front of the payload, takes the same from its side, and leaves
 * the pipeline. Stands between TLS and the forwarding handler of a connection whose ALPN agreed on it; loop-confined, owns the bytes
 * that it waits with.
 *
 * <p>A peer that begins otherwise, though its ALPN promised, is taken for one that has nothing to tell: its bytes are payload.
 */
final class PeerExchange extends ChannelInboundHandlerAdapter {
    private static final int MAGIC = 0x3D230467;
    private static final int HEADER = 8;
    private static final int MOST_BYTES = 64 * 1024;
    private static final String TYPE = "type.googleapis.com/google.protobuf.Struct";
    private static final String METADATA = "x-envoy-peer-metadata";
    private static final String ID = "x-envoy-peer-metadata-id";
    /** Not Istio's: whoever says this understands the end of one direction as FIN. Others look past it. */
    private static final String HALF_CLOSES = "weft-half-closes";

    private final byte[] own;
    private final TcpSide side;
    private final Consumer<PeerMetadata> learned;
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private boolean done;

    PeerExchange(byte[] own, TcpSide side, Consumer<PeerMetadata> learned) {
        this.own = own;
        this.side = side;
        this.learned = learned;
    }

    /** What a workload sends: magic, length, and an Any that holds a Struct of its metadata and id. */
    static byte[] encode(WorkloadMetadata self) {
        Struct metadata;
        try {
            metadata = Struct.parseFrom(self.encode());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("metadata of our own does not parse", e);
        }
        Struct told = Struct.newBuilder()
                .putFields(METADATA, Value.newBuilder().setStructValue(metadata).build())
                .putFields(ID, Value.newBuilder().setStringValue(self.nodeId()).build())
                .putFields(HALF_CLOSES, Value.newBuilder().setBoolValue(true).build())
                .build();
        ByteString any = Any.newBuilder()
                .setTypeUrl(TYPE)
                .setValue(told.toByteString())
                .build()
                .toByteString();
        ByteBuf out = Unpooled.buffer(HEADER + any.size());
        out.writeInt(MAGIC).writeInt(any.size()).writeBytes(any.toByteArray());
        return out.array();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        side.peerExpected();
        context.writeAndFlush(Unpooled.wrappedBuffer(own));
        // Whoever stands behind may not read before its other side is connected; this must.
        context.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (done) {
            context.fireChannelRead(message);
            return;
        }
        kept = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), kept, (ByteBuf) message);
        if (isForeign()) {
            finish(context);
            return;
        }
        if (kept.readableBytes() < HEADER) {
            return;
        }
        int length = kept.getInt(kept.readerIndex() + 4);
        if (length < 0 || length > MOST_BYTES) {
            context.close();
            return;
        }
        if (kept.readableBytes() < HEADER + length) {
            return;
        }
        kept.skipBytes(HEADER);
        byte[] any = new byte[length];
        kept.readBytes(any);
        learn(any);
        finish(context);
    }

    /** Whether the bytes so far cannot be the magic number's. */
    private boolean isForeign() {
        int present = Math.min(4, kept.readableBytes());
        for (int i = 0; i < present; i++) {
            if (kept.getByte(kept.readerIndex() + i) != (byte) (MAGIC >>> (24 - 8 * i))) {
                return true;
            }
        }
        return false;
    }

    private void learn(byte[] any) {
        try {
            Struct told = Struct.parseFrom(Any.parseFrom(any).getValue());
            if (told.getFieldsOrDefault(HALF_CLOSES, Value.getDefaultInstance()).getBoolValue()) {
                side.peerHalfCloses();
            }
            Value metadata = told.getFieldsOrDefault(METADATA, Value.getDefaultInstance());
            Value id = told.getFieldsOrDefault(ID, Value.getDefaultInstance());
            learned.accept(WorkloadMetadata.decode(
                    id.getStringValue(), metadata.getStructValue().toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            // The frame was whole, so the payload behind it is; the peer stays unknown.
        }
    }

    private void finish(ChannelHandlerContext context) {
        done = true;
        side.peerKnown();
        ByteBuf payload = kept;
        kept = Unpooled.EMPTY_BUFFER;
        if (payload.isReadable()) {
            context.fireChannelRead(payload);
        } else {
            payload.release();
        }
        context.pipeline().remove(this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (done) {
            context.fireChannelReadComplete();
        } else {
            context.read();
        }
    }
}

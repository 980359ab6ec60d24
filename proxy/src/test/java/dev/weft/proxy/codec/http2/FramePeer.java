package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackText;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The other end of an HTTP/2 connection, frame by frame on a blocking socket; says only what it is told to. */
public final class FramePeer implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final HpackText hpack = new HpackText();

    /** A frame as received. */
    public record Received(int type, int flags, int stream, byte[] payload) {
        public boolean ends() {
            return (flags & END_STREAM) != 0;
        }

        /** The four bytes at this place. */
        public int number(int at) {
            return FrameDispatcher.number(payload, at);
        }
    }

    public FramePeer(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(5_000);
            socket.setTcpNoDelay(true);
            this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
            this.out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream(), 1 << 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client with the preface and these settings (alternating) sent. */
    public static FramePeer client(int port, int... settings) {
        try {
            FramePeer peer = new FramePeer(new Socket(InetAddress.getLoopbackAddress(), port));
            peer.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            peer.settings(settings);
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the client's preface. */
    public FramePeer awaitPreface() {
        try {
            in.readNBytes(24);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FramePeer settings(int... idsAndValues) {
        byte[] payload = new byte[idsAndValues.length * 3];
        for (int i = 0; i < idsAndValues.length; i += 2) {
            payload[i * 3] = (byte) (idsAndValues[i] >> 8);
            payload[i * 3 + 1] = (byte) idsAndValues[i];
            System.arraycopy(bytes(idsAndValues[i + 1]), 0, payload, i * 3 + 2, 4);
        }
        return send(SETTINGS, 0, 0, payload);
    }

    /** Sends a frame; small ones may wait for {@link #flush}, which reading does. */
    public FramePeer send(int type, int flags, int stream, byte... payload) {
        try {
            out.writeShort(payload.length >> 8);
            out.writeByte(payload.length);
            out.writeByte(type);
            out.writeByte(flags);
            out.writeInt(stream);
            out.write(payload);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FramePeer headers(int stream, boolean end, String... namesAndValues) {
        return send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, hpack.encode(namesAndValues));
    }

    /** A request's head with these fields (names and values) behind those that every request has. */
    public FramePeer request(int stream, String method, String path, boolean end, String... more) {
        String[] fields = {":method", method, ":scheme", "http", ":path", path, ":authority", "test"};
        return headers(
                stream, end, Stream.of(fields, more).flatMap(Arrays::stream).toArray(String[]::new));
    }

    public FramePeer data(int stream, boolean end, byte... payload) {
        return send(DATA, end ? END_STREAM : 0, stream, payload);
    }

    public FramePeer windowUpdate(int stream, int increment) {
        return send(WINDOW_UPDATE, 0, stream, bytes(increment));
    }

    public FramePeer reset(int stream, int error) {
        return send(RST_STREAM, 0, stream, bytes(error));
    }

    public FramePeer flush() {
        try {
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame; null at the end of the connection. */
    public Received next() {
        flush();
        return read();
    }

    /** The next frame without flushing; null at the end of the connection. */
    public Received read() {
        try {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = in.readNBytes(length);
            return new Received(type, flags, stream, payload);
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame of this type on this stream, others are passed over but SETTINGS acknowledged. */
    public Received await(int type, int stream) {
        while (true) {
            Received frame = next();
            if (frame == null) {
                throw new AssertionError("the connection ended before a frame of type " + type + " on " + stream);
            }
            if (frame.type() == type && frame.stream() == stream) {
                return frame;
            }
            if (frame.type() == SETTINGS && frame.flags() == 0) {
                send(SETTINGS, 1, 0);
            }
            if (frame.type() == HEADERS) {
                fields(frame);
            }
        }
    }

    /** What the other end had said when it dealt with everything sent until now. */
    public List<Received> untilPing() {
        List<Received> frames = new ArrayList<>();
        send(PING, 0, 0, new byte[8]);
        for (Received frame = next(); frame.type() != PING; frame = next()) {
            frames.add(frame);
        }
        return frames;
    }

    /** Reads until a GOAWAY or the end; returns its error, or -1 if none came. */
    public int awaitGoAway() {
        int error = -1;
        for (Received frame = quietNext(); frame != null && error < 0; frame = quietNext()) {
            if (frame.type() == GOAWAY) {
                error = frame.number(4);
                break;
            }
        }
        return error;
    }

    /** Everything of one stream until its end: fields as text, {@code body N}, or {@code reset E}. */
    public List<String> response(int stream) {
        List<String> parts = new ArrayList<>();
        long body = 0;
        while (true) {
            Received frame = next();
            if (frame == null) {
                parts.add("closed");
                return parts;
            }
            if (frame.type() == HEADERS) {
                List<String> fields = fields(frame);
                if (frame.stream() == stream) {
                    parts.addAll(fields);
                }
            }
            if (frame.stream() != stream) {
                continue;
            }
            if (frame.type() == DATA) {
                body += frame.payload().length;
            }
            if (frame.type() == RST_STREAM) {
                parts.add("reset " + Http2Error.name(frame.number(0)));
                return parts;
            }
            if (frame.ends() && (frame.type() == HEADERS || frame.type() == DATA)) {
                if (body > 0) {
                    parts.add("body " + body);
                }
                return parts;
            }
        }
    }

    public List<String> fields(Received headers) {
        return hpack.decode(headers.payload());
    }

    public byte[] block(String... namesAndValues) {
        return hpack.encode(namesAndValues);
    }

    /** Whether the other end closes the connection. */
    public boolean isClosedByPeer() {
        while (quietNext() != null) {
            // whatever else it says
        }
        return true;
    }

    public static byte[] bytes(int... numbers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int number : numbers) {
            bytes.write(number >> 24);
            bytes.write(number >> 16);
            bytes.write(number >> 8);
            bytes.write(number);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Received quietNext() {
        try {
            out.flush();
        } catch (IOException e) {
            // the other end may have closed while we were still talking; what it said before can be read
        }
        return read();
    }
}

package dev.weft.cli.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A relay between two sidecars that writes down every byte that passes, and understands none: it stands where anybody on the network could
 * stand. Threads of its own move the bytes; the records are guarded by their own locks.
 */
final class WireTap implements AutoCloseable {
    private static final int LIMIT = 1 << 20;
    private static final int HANDSHAKE_RECORD = 0x16;
    private static final int SERVER_HELLO = 0x02;
    private static final int SUPPORTED_VERSIONS = 0x002b;
    private static final int TLS_1_3 = 0x0304;

    private final ServerSocket server;
    private final int target;
    private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();

    /** @param target port on this machine that the bytes are handed on to */
    WireTap(int target) throws IOException {
        this.target = target;
        server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        Thread.ofVirtual().name("tap-accept").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    byte[] fromClient() {
        synchronized (toServer) {
            return toServer.toByteArray();
        }
    }

    byte[] fromServer() {
        synchronized (toClient) {
            return toClient.toByteArray();
        }
    }

    /** Whether the first bytes of both sides are a handshake, and the server chose TLS 1.3 in it. */
    static boolean isTls13(byte[] fromClient, byte[] fromServer) {
        return fromClient.length > 5 && fromClient[0] == HANDSHAKE_RECORD && chosenVersion(fromServer) == TLS_1_3;
    }

    /** Whether the words of {@code text} stand in the bytes in plain. */
    static boolean shows(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket upstream = new Socket(InetAddress.getByName("127.0.0.1"), target);
                Thread.ofVirtual().name("tap-up").start(() -> relay(client, upstream, toServer));
                Thread.ofVirtual().name("tap-down").start(() -> relay(upstream, client, toClient));
            } catch (IOException e) {
                // Closed, or the target refused: the caller's sidecar sees a connection that ends, as with any
                // endpoint.
                continue;
            }
        }
    }

    private static void relay(Socket from, Socket to, ByteArrayOutputStream record) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (record) {
                    record.write(buffer, 0, Math.min(n, Math.max(0, LIMIT - record.size())));
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One side is gone; closing both tells the other.
            return;
        }
    }

    /** The version in the extension of the server's hello (RFC 8446, 4.1.3 and 4.2.1); 0 where there is none. */
    private static int chosenVersion(byte[] bytes) {
        int random = 5 + 4 + 2;
        if (bytes.length < random + 33 || bytes[0] != HANDSHAKE_RECORD || bytes[5] != SERVER_HELLO) {
            return 0;
        }
        int at = random + 32;
        at += 1 + (bytes[at] & 0xff) + 2 + 1;
        int end = at + 2 + number(bytes, at);
        for (at += 2; at + 4 <= Math.min(end, bytes.length); at += 4 + number(bytes, at + 2)) {
            if (number(bytes, at) == SUPPORTED_VERSIONS) {
                return number(bytes, at + 4);
            }
        }
        return 0;
    }

    private static int number(byte[] bytes, int at) {
        return at + 1 < bytes.length ? (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff : 0;
    }
}

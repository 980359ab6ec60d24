package dev.weft.tests.peers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * What came back for one HTTP/1.1 request without TLS, on a connection of its own.
 *
 * @param status 0 when the connection ended without an answer
 * @param text all that came
 */
record PlainReply(int status, String text) {
    private static final int LIMIT_MILLIS = 5_000;

    static PlainReply get(InetSocketAddress to, String host, String path) {
        return exchange(to, "GET " + path + " HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\n\r\n");
    }

    static PlainReply post(InetSocketAddress to, String host, String path, String body) {
        return exchange(
                to,
                "POST " + path + " HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body);
    }

    private static PlainReply exchange(InetSocketAddress to, String request) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.connect(to, LIMIT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new PlainReply(text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0, text);
        } catch (IOException e) {
            return new PlainReply(0, e.toString());
        }
    }
}

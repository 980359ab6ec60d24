package dev.weft.proxy.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Just enough of an HTTP/1 client. */
final class Http {
    private Http() {}

    static String get(Socket socket, String path, String... headers) throws IOException {
        return send(socket, "GET " + path + " HTTP/1.1\r\nhost: a.b\r\n" + lines(headers) + "\r\n");
    }

    private static String lines(String... headers) {
        StringBuilder all = new StringBuilder();
        for (String header : headers) {
            all.append(header).append("\r\n");
        }
        return all.toString();
    }

    static String send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return read(socket);
    }

    /** One response with a content-length, head and body. */
    static String read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.write(b);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        int at = text.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
        return text + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }
}

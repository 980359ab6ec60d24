package dev.weft.tests.mesh;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** An HTTP/1.1 and TCP client that sends exactly what it is told and hides nothing. Each call is a connection of its own. */
public final class RawClient {
    private RawClient() {}

    /** A request as it goes over the wire. */
    public record Request(
            String method, String host, String path, ImmutableList<Map.Entry<String, String>> headers, String body) {
        public static Request get(String host, String path) {
            return new Request("GET", host, path, ImmutableList.of(), "");
        }

        String text() {
            StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nhost: " + host + "\r\n");
            headers.forEach(header -> text.append(header.getKey() + ": " + header.getValue() + "\r\n"));
            if (!body.isEmpty()) {
                text.append("content-length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
            }
            return text.append("\r\n").append(body).toString();
        }
    }

    /** What came back over TCP, and whether the connection was {@code open}, {@code closed}. */
    public record Seen(String got, String end) {}

    public static Reply send(InetSocketAddress to, Request request, Duration timeout) {
        try (Socket socket = connect(to, timeout)) {
            return exchange(socket, request);
        } catch (SocketTimeoutException e) {
            return Reply.without(Reply.TIMEOUT);
        } catch (IOException e) {
            return Reply.without(Reply.CLOSED);
        }
    }

    /** One exchange on a connection that stays open for the next. */
    public static Reply exchange(Socket socket, Request request) throws IOException {
        socket.getOutputStream().write(request.text().getBytes(StandardCharsets.UTF_8));
        return HttpText.readReply(socket.getInputStream(), request.method().equals("HEAD"));
    }

    public static Socket connect(InetSocketAddress to, Duration timeout) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(to, (int) timeout.toMillis());
        socket.setSoTimeout((int) timeout.toMillis());
        return socket;
    }

    /** Sends, and reads until {@code expected} has come, the other side closes, or nothing has come for {@code quiet}. */
    public static Seen tcp(InetSocketAddress to, String send, String expected, Duration quiet) {
        StringBuilder got = new StringBuilder();
        try (Socket socket = connect(to, quiet)) {
            socket.getOutputStream().write(send.getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[1024];
            while (expected.isEmpty() || got.length() < expected.length()) {
                int count = in.read(bytes);
                if (count < 0) {
                    return new Seen(got.toString(), "closed");
                }
                got.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
            }
            return new Seen(got.toString(), "open");
        } catch (SocketTimeoutException e) {
            return new Seen(got.toString(), "open");
        } catch (IOException e) {
            return new Seen(got.toString(), "closed");
        }
    }

    static ImmutableListMultimap<String, String> headers(Iterable<String> lines) {
        ImmutableListMultimap.Builder<String, String> headers = ImmutableListMultimap.builder();
        for (String line : lines) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers.build();
    }
}

package dev.weft.tests.mesh;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The programs behind the sidecars: HTTP/1.1 servers that answer as scripted and remember what they saw, and a TCP server that answers
 * {@code echo:} and what it got. One virtual thread per connection.
 */
public final class Origins implements AutoCloseable {
    public static final String TCP = "tcp";

    /** Path before the number of bytes that are wanted. */
    private static final String HUGE = "/bytes/";
    /** Path whose body is read at 1 MiB/s, and never answered. */
    private static final String SLOW = "/slow";

    private static final int PIECE = 64 << 10;
    private static final long PIECE_NANOS = 62_500_000;

    /** One request as an origin saw it; over TCP only the bytes. */
    public record Arrived(
            String workload, String method, String path, ImmutableListMultimap<String, String> headers, String body) {}

    private final Map<String, ServerSocket> servers = new LinkedHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private volatile ImmutableList<Answer> script = ImmutableList.of(Answer.DEFAULT);

    public Origins(Iterable<String> names) {
        names.forEach(name -> listen(name, this::serveHttp));
        listen(TCP, this::serveTcp);
    }

    public int port(String name) {
        ServerSocket server = servers.get(name);
        if (server == null) {
            throw new IllegalArgumentException("no origin " + name + " among " + servers.keySet());
        }
        return server.getLocalPort();
    }

    /** Forgets what arrived; the next requests are answered by these, the last repeats. */
    public void script(ImmutableList<Answer> answers) {
        script = answers.isEmpty() ? ImmutableList.of(Answer.DEFAULT) : answers;
        served.set(0);
        arrived.clear();
    }

    public ImmutableList<Arrived> arrived() {
        return ImmutableList.copyOf(arrived);
    }

    private interface Service {
        void serve(String name, Socket socket) throws IOException, InterruptedException;
    }

    private void listen(String name, Service service) {
        try {
            ServerSocket server = new ServerSocket(0, 256, InetAddress.getByName("127.0.0.1"));
            servers.put(name, server);
            Thread.ofVirtual().name("origin-" + name).start(() -> accept(name, server, service));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(String name, ServerSocket server, Service service) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        service.serve(name, socket);
                    } catch (IOException | InterruptedException e) {
                        // The peer went away, or the test is over.
                    } finally {
                        sockets.remove(socket);
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serveHttp(String name, Socket socket) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        while (true) {
            List<String> head = HttpText.readHead(in);
            if (head.isEmpty()) {
                return;
            }
            String[] start = head.get(0).split(" ", 3);
            ImmutableListMultimap<String, String> headers = RawClient.headers(head.subList(1, head.size()));
            if (start[1].startsWith(HUGE)) {
                sendHuge(out, Long.parseLong(start[1].substring(HUGE.length())));
                continue;
            }
            if (start[1].equals(SLOW)) {
                readSlowly(in);
                return;
            }
            String body = HttpText.body(in, headers, false);
            arrived.add(new Arrived(name, start[0], start[1], headers, body));
            ImmutableList<Answer> answers = script;
            Answer answer = answers.get(Math.min(served.getAndIncrement(), answers.size() - 1));
            if (answer.hang()) {
                closed.await(1, TimeUnit.MINUTES);
                return;
            }
            if (answer.delaySeconds() > 0
                    && closed.await(
                            Duration.ofNanos((long) (answer.delaySeconds() * 1e9))
                                    .toMillis(),
                            TimeUnit.MILLISECONDS)) {
                return;
            }
            out.write(text(name, answer, start[0].equals("HEAD")).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void sendHuge(OutputStream out, long length) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] piece = new byte[PIECE];
        for (long sent = 0; sent < length; sent += PIECE) {
            out.write(piece, 0, (int) Math.min(PIECE, length - sent));
        }
    }

    private static void readSlowly(InputStream in) throws IOException {
        while (in.readNBytes(PIECE).length == PIECE) {
            LockSupport.parkNanos(PIECE_NANOS);
        }
    }

    private static String text(String name, Answer answer, boolean head) {
        String body = answer.body().orElse("from " + name);
        StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + " OK\r\n");
        headers(name, answer, body).forEach((key, value) -> text.append(key + ": " + value + "\r\n"));
        return text.append("\r\n").append(head ? "" : body).toString();
    }

    private static Map<String, String> headers(String name, Answer answer, String body) {
        Map<String, String> headers = new LinkedHashMap<>(ImmutableMap.of(
                "x-origin", name, "content-length", String.valueOf(body.getBytes(StandardCharsets.UTF_8).length)));
        headers.putAll(answer.headers());
        return headers;
    }

    private void serveTcp(String name, Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[4096];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            String got = new String(bytes, 0, count, StandardCharsets.UTF_8);
            arrived.add(new Arrived(name, "", "", ImmutableListMultimap.of(), got));
            socket.getOutputStream().write(("echo:" + got).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            for (ServerSocket server : servers.values()) {
                server.close();
            }
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.weft.proxy.route;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** An HTTP/1.1 server on a free port of 127.0.0.1 that answers what a test says, one answer per request; the last repeats. */
final class ScriptedBackend implements AutoCloseable {
    final List<Received> received = new CopyOnWriteArrayList<>();
    final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Answer last = Answer.of(200, "ok");

    ScriptedBackend() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    ScriptedBackend answers(Answer... next) {
        answers.addAll(List.of(next));
        return this;
    }

    /** Writes more bytes on the connection that came last. */
    void write(String bytes) {
        try {
            OutputStream out = connections.getLast().getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request as it arrived. */
    record Received(String line, List<String> headers, String body) {
        String header(String name) {
            for (String header : headers) {
                if (header.toLowerCase(java.util.Locale.ROOT).startsWith(name + ": ")) {
                    return header.substring(name.length() + 2);
                }
            }
            return "";
        }
    }

    /** What to do with one request: bytes to write, then maybe hang or close. */
    record Answer(String bytes, After after) {
        enum After {
            KEEP,
            HANG,
            CLOSE,
            RESET
        }

        static Answer of(int status, String body, String... headers) {
            StringBuilder head =
                    new StringBuilder("HTTP/1.1 " + status + " x\r\ncontent-length: " + body.length() + "\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            return new Answer(head + "\r\n" + body, After.KEEP);
        }

        static Answer hang() {
            return new Answer("", After.HANG);
        }

        static Answer close() {
            return new Answer("", After.CLOSE);
        }

        static Answer raw(String bytes, After after) {
            return new Answer(bytes, after);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                Received request = read(in);
                if (request == null) {
                    return;
                }
                received.add(request);
                Answer answer = answers.poll();
                if (answer == null) {
                    answer = last;
                }
                last = answers.isEmpty() && answer.after() == Answer.After.KEEP ? answer : last;
                out.write(answer.bytes().getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                switch (answer.after()) {
                    case KEEP -> {
                        // next request
                    }
                    case HANG -> {
                        closed.await();
                        return;
                    }
                    case CLOSE -> {
                        return;
                    }
                    case RESET -> {
                        socket.setSoLinger(true, 0);
                        return;
                    }
                }
            }
        } catch (IOException | InterruptedException e) {
            // the other side is gone, or the test is over
        }
    }

    private static Received read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        List<String> headers = new ArrayList<>();
        int length = 0;
        boolean chunked = false;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            headers.add(header);
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length: ")) {
                length = Integer.parseInt(header.substring(16));
            }
            chunked |= lower.equals("transfer-encoding: chunked");
        }
        StringBuilder body = new StringBuilder();
        if (chunked) {
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
                line(in);
            }
            line(in);
        } else {
            body.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }
        return new Received(line, headers, body.toString());
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0) {
            if (c == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) c);
        }
        return null;
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (Socket socket : connections) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

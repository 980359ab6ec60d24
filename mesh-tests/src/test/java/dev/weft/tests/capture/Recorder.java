package dev.weft.tests.capture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All bytes that pass a network interface, both ways. */
final class Recorder implements AutoCloseable {
    private static final String PROGRAM = """
            import socket, sys
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            s.bind((sys.argv[1], 0))
            out = sys.stdout.buffer
            out.write(b"ready\\n")
            out.flush()
            while True:
                out.write(s.recv(65536))
                out.flush()
            """;

    private final Process process;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Recorder(Process process) {
        this.process = process;
    }

    static Recorder start(Namespace namespace, String device) {
        try {
            Process process = new ProcessBuilder(namespace.inside(List.of("python3", "-c", PROGRAM, device)))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            byte[] ready = process.getInputStream().readNBytes("ready\n".length());
            if (ready.length == 0) {
                throw new AssertionError("the recorder ended at once");
            }
            Recorder recorder = new Recorder(process);
            Thread.ofVirtual().start(recorder::read);
            return recorder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        byte[] buffer = new byte[65_536];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                synchronized (bytes) {
                    bytes.write(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What passed so far, a character per byte. */
    String text() {
        synchronized (bytes) {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

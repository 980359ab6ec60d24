package dev.weft.tests.cluster;

import dev.weft.tests.mesh.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What goes over the wires between pods of the local cluster: every byte of every frame, from the start of this tap on. */
final class WireTap implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    // Frames of all links of the cluster's network namespace, one after the other; the first line of the file says that
    // it listens.
    private static final String PROGRAM = """
            import socket, sys
            frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            with open(sys.argv[1], "wb", buffering=0) as out:
                out.write(b"listening\\n")
                while True:
                    out.write(frames.recv(65536))
            """;

    private final Process process;
    private final Path file;

    private WireTap(Process process, Path file) {
        this.process = process;
        this.file = file;
    }

    /** @param folder where the frames are kept */
    static WireTap start(Path folder) {
        Path file = folder.resolve("frames");
        try {
            Process process = new ProcessBuilder(
                            List.of("nsenter", "--net=/run/netns/weftkube", "python3", "-c", PROGRAM, file.toString()))
                    .inheritIO()
                    .start();
            WireTap tap = new WireTap(process, file);
            Await.until(LIMIT, () -> Files.exists(file) && tap.saw("listening"), () -> "the tap does not listen");
            return tap;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether this text went over a wire in plain. */
    boolean saw(String text) {
        try {
            // Every byte as one character: frames are no text.
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

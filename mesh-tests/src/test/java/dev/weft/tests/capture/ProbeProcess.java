package dev.weft.tests.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link NetProbe} in a namespace, as some user. Used by one test thread. */
final class ProbeProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    private ProbeProcess(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader();
        String first = answers.readLine();
        if (!"ready".equals(first)) {
            throw new IOException("the probe said " + first);
        }
    }

    static ProbeProcess start(Namespace namespace, long user) {
        try {
            List<String> command = List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-Xmx32m",
                    "-cp",
                    program().toString(),
                    NetProbe.class.getName());
            Process process = new ProcessBuilder(namespace.inside(user, "", command))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new ProbeProcess(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder that everybody may read, with the program alone. */
    private static Path program() throws IOException {
        Path folder = Files.createTempDirectory("weft-probe");
        folder.toFile().deleteOnExit();
        copy(NetProbe.class, folder);
        for (Class<?> inner : NetProbe.class.getDeclaredClasses()) {
            copy(inner, folder);
        }
        return folder;
    }

    private static void copy(Class<?> type, Path folder) throws IOException {
        Path file = folder.resolve(type.getName().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            Files.write(file, in.readAllBytes());
        }
        for (Path path = file.getParent(); path.startsWith(folder); path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Runs a command of {@link NetProbe} and gives its answer, {@code ok …} or {@code failed …}. */
    String run(String command) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
            return String.valueOf(answers.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same for a command that must succeed. */
    String must(String command) {
        String answer = run(command);
        if (!answer.startsWith("ok ")) {
            throw new AssertionError(command + ": " + answer);
        }
        return answer.substring("ok ".length());
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

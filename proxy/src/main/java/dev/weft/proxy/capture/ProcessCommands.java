package dev.weft.proxy.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Programs as child processes, with a limit of time. Confined to the main thread. */
final class ProcessCommands implements Commands {
    private static final long LIMIT_SECONDS = 60;
    private static final List<String> FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin");

    private final List<Path> folders;

    /** @param path the environment's PATH; folders for root's programs are looked at too */
    ProcessCommands(String path) {
        List<Path> all = new ArrayList<>();
        for (String folder : path.split(":")) {
            if (!folder.isEmpty()) {
                all.add(Path.of(folder));
            }
        }
        FOLDERS.forEach(folder -> all.add(Path.of(folder)));
        this.folders = List.copyOf(all);
    }

    @Override
    public boolean has(String program) {
        return find(program) != null;
    }

    private @Nullable Path find(String program) {
        for (Path folder : folders) {
            Path file = folder.resolve(program);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        return null;
    }

    @Override
    public Result run(List<String> command, String input) {
        Path program = find(command.getFirst());
        if (program == null) {
            return new Result(command, 127, "", "there is no " + command.getFirst() + " in PATH");
        }
        List<String> full = new ArrayList<>(command);
        full.set(0, program.toString());
        ProcessBuilder builder = new ProcessBuilder(full);
        Map<String, String> environment = builder.environment();
        environment.put("LC_ALL", "C");
        // The lock of iptables-legacy, where /run cannot be written: a container's root folder is read-only.
        if (!Files.isWritable(Path.of("/run"))) {
            environment.putIfAbsent("XTABLES_LOCKFILE", "/dev/shm/xtables.lock");
        }
        try {
            return await(command, builder.start(), input);
        } catch (IOException e) {
            return new Result(command, 126, "", String.valueOf(e.getMessage()));
        }
    }

    private static Result await(List<String> command, Process process, String input) throws IOException {
        StringBuilder err = new StringBuilder();
        // Both outputs at once: a program that fills one while the other is read would wait for ever.
        Thread errors = Thread.ofPlatform().start(() -> {
            try {
                err.append(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                err.append(e.getMessage());
            }
        });
        Thread feeder = Thread.ofPlatform().start(() -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The program ended before it read all; its exit says why.
                process.onExit();
            }
        });
        Thread watch = Thread.ofPlatform().daemon().start(() -> {
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            errors.join();
            feeder.join();
            watch.interrupt();
            return new Result(command, exit, out, err.toString().strip());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return new Result(command, 130, "", "interrupted");
        }
    }
}

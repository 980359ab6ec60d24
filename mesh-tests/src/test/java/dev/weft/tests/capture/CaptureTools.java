package dev.weft.tests.capture;

import dev.weft.tests.mesh.Prerequisite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Whether this machine can try capture, and commands that must succeed. */
final class CaptureTools {
    private static final List<List<String>> NEEDED = List.of(
            List.of("ip", "-Version"),
            List.of("nft", "--version"),
            List.of("iptables-restore", "--version"),
            List.of("setpriv", "--version"),
            List.of("unshare", "-n", "true"));

    private CaptureTools() {}

    /** Ends a test that cannot run here: skipped with the reason, or failed in CI. */
    static void assume() {
        String obstacle = obstacle();
        if (!obstacle.isEmpty()) {
            Prerequisite.missing("capture cannot be tried: " + obstacle);
        }
    }

    private static String obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "it takes root";
        }
        for (List<String> command : NEEDED) {
            Ran ran = run(command, "");
            if (ran.exit() != 0) {
                return String.join(" ", command) + ": " + ran.output();
            }
        }
        return "";
    }

    /** Runs to the end, whatever comes of it. */
    static Ran run(List<String> command, String input) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running: " + String.join(" ", command));
            }
            return new Ran(process.exitValue(), output);
        } catch (IOException e) {
            return new Ran(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Runs a command line that must succeed; its words are separated by spaces. */
    static String must(String line) {
        return must(List.of(line.split(" ")));
    }

    static String must(List<String> command) {
        Ran ran = run(command, "");
        if (ran.exit() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed (" + ran.exit() + "): " + ran.output());
        }
        return ran.output();
    }

    /** The command line of one of this project's programs. */
    static List<String> java(String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What a program printed, both outputs together, and its exit code. */
    record Ran(int exit, String output) {}
}

package dev.weft.benchmarks.scale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The control plane as users run it, and what it takes of the machine. Ends with its owner. */
final class ControlProcess implements AutoCloseable {
    private static final int START_SECONDS = 120;
    private static final int STOP_SECONDS = 20;
    private static final long TICKS_PER_SECOND = 100;
    private static final Pattern USED = Pattern.compile("total [0-9]+K, used ([0-9]+)K");

    private final Process process;
    private final Path log;

    private ControlProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Ports of the proxies and of the pages. */
    record Ports(int xds, int http) {}

    /** Returns when it says that it serves. */
    static ControlProcess start(Path program, String kubeconfig, Ports ports, Path log)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--kubernetes",
                        "--kubeconfig=" + kubeconfig,
                        "--namespace=" + ApiObjects.SYSTEM,
                        "--xds-port=" + ports.xds(),
                        "--http-port=" + ports.http(),
                        "--webhook-port=0")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        ControlProcess control = new ControlProcess(process, log);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!control.says("ready xdsPort=")) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                control.close();
                throw new IllegalStateException("the control plane does not start: " + Files.readString(log));
            }
            Thread.sleep(20);
        }
        return control;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private boolean says(String text) throws IOException {
        return Files.readString(log).contains(text);
    }

    /** Lines of its log that somebody should look at. */
    List<String> complaints() throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(" ERROR ") || line.contains("OutOfMemory"))
                .limit(10)
                .toList();
    }

    /** Seconds of processor time so far. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
    }

    long residentMebibytes() throws IOException {
        return status("VmRSS");
    }

    long peakMebibytes() throws IOException {
        return status("VmHWM");
    }

    private long status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .findFirst()
                .orElse(0L);
    }

    /** What of its heap is in use after a collection. */
    long heapMebibytes() throws IOException, InterruptedException {
        command("GC.run");
        Matcher used = USED.matcher(command("GC.heap_info"));
        long kibibytes = 0;
        while (used.find()) {
            kibibytes += Long.parseLong(used.group(1));
        }
        return kibibytes >> 10;
    }

    private String command(String command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/jcmd", Long.toString(process.pid()), command));
        Process jcmd = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return output;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

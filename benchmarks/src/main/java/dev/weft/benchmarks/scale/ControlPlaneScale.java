package dev.weft.benchmarks.scale;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What a large cluster costs the control plane, against a real API server: start, a change of one endpoint, of one account, of one route, and a
 * restart under its proxies. Prints a table. Arguments: {@code in-process} or the kubeconfig, then services, endpoints of each, proxies; run by
 * {@code benchmarks/control-plane}.
 */
public final class ControlPlaneScale {
    private static final int ROUNDS = 5;
    private static final int PATIENCE_SECONDS = 180;

    /** Each round gives a service an account that it did not have, of its own namespace. */
    private static final int LEAST_SERVICES = ScaleMesh.NAMESPACES * (ROUNDS + 1);

    private final Path root;
    private final Path kubeconfig;
    private final ScaleMesh mesh;
    private final int proxyCount;

    private ControlPlaneScale(Path root, Path kubeconfig, ScaleMesh mesh, int proxyCount) {
        this.root = root;
        this.kubeconfig = kubeconfig;
        this.mesh = mesh;
        this.proxyCount = proxyCount;
    }

    public static void main(String[] args) throws Exception {
        List<Integer> sizes = Arrays.stream(args).skip(1).map(Integer::valueOf).toList();
        ScaleMesh mesh = new ScaleMesh(sizes.get(0), sizes.get(1));
        int proxies = Math.min(sizes.get(2), mesh.services());
        if (mesh.services() < LEAST_SERVICES || mesh.endpoints() < 2 || proxies < 1) {
            System.err.printf("expected at least %d services, 2 endpoints, 1 proxy%n", LEAST_SERVICES);
            System.exit(2);
        }
        if (args[0].equals("in-process")) {
            new InProcessScale(mesh, proxies).run();
        } else {
            new ControlPlaneScale(Path.of("").toAbsolutePath(), Path.of(args[0]), mesh, proxies).run();
        }
    }

    private void run() throws IOException, InterruptedException {
        ControlProcess.Ports ports = new ControlProcess.Ports(freePort(), freePort());
        try (ApiObjects objects = new ApiObjects(mesh, kubeconfig)) {
            long begin = System.nanoTime();
            objects.create(root.resolve("charts/weft-base/files/crds"));
            System.out.printf(
                    "%d Services with %d endpoints each are in the API server after %.0f s; %d proxies%n",
                    mesh.services(), mesh.endpoints(), (System.nanoTime() - begin) / 1e9, proxyCount);
            List<String> tokens = objects.tokens(proxyCount);
            long begun = System.nanoTime();
            ControlProcess control = start(ports, 1);
            System.out.printf(
                    "the control plane has read them and serves after %.1f s%n", (System.nanoTime() - begun) / 1e9);
            try {
                try (ProxyFleet fleet = new ProxyFleet(ports.xds(), objects.root(), tokens)) {
                    control = measure(objects, fleet, control, ports);
                    report(fleet, control);
                }
            } finally {
                control.close();
            }
        }
    }

    private ControlProcess start(ControlProcess.Ports ports, int time) throws IOException, InterruptedException {
        return ControlProcess.start(
                root.resolve("bin/weft-control"),
                kubeconfig.toString(),
                ports,
                root.resolve("benchmarks/target/control-" + time + ".log"));
    }

    /** Gives the control plane that runs afterwards. */
    private ControlProcess measure(
            ApiObjects objects, ProxyFleet fleet, ControlProcess first, ControlProcess.Ports ports)
            throws IOException, InterruptedException {
        System.out.printf(
                "%-26s %8s %8s %8s %8s %8s %8s %10s %8s%n",
                "", "first s", "median s", "last s", "CPU s", "RSS MiB", "heap MiB", "resources", "MiB sent");
        long begin = System.nanoTime();
        fleet.expectAll();
        fleet.connect();
        row(
                "start, once it is ready",
                first,
                fleet,
                List.of(new Moments(begin, fleet.await(PATIENCE_SECONDS, first::isAlive))),
                0,
                new ProxyFleet.Traffic(0, 0));
        rounds("one endpoint", first, fleet, Contents.ENDPOINTS, cluster(7), round -> {
            objects.replace(mesh.slice(7, "10.200.0." + (round + 1)));
        });
        rounds("one account more", first, fleet, Contents.CLUSTERS, cluster(8), round -> {
            String other = ScaleMesh.pod(8 + ScaleMesh.NAMESPACES * (round + 1), 1);
            objects.replace(mesh.slice(8, "").replace(ScaleMesh.pod(8, 1), other));
        });
        rounds("one route", first, fleet, Contents.ROUTES, "80", round -> {
            objects.replace(mesh.route(10, round + 2));
        });
        first.close();
        ProxyFleet.Traffic before = fleet.traffic();
        fleet.expectAll();
        begin = System.nanoTime();
        ControlProcess second = start(ports, 2);
        row(
                "restart under the proxies",
                second,
                fleet,
                List.of(new Moments(begin, fleet.await(PATIENCE_SECONDS, second::isAlive))),
                0,
                before);
        return second;
    }

    private static String cluster(int service) {
        return "outbound|80||" + ScaleMesh.host(service);
    }

    /** When something was asked for, and when each proxy had it. */
    private record Moments(long begin, List<Long> sorted) {
        double first() {
            return seconds(0);
        }

        double median() {
            return seconds(sorted.size() / 2);
        }

        double last() {
            return seconds(sorted.size() - 1);
        }

        private double seconds(int index) {
            return (sorted.get(index) - begin) / 1e9;
        }
    }

    private void rounds(
            String what, ControlProcess control, ProxyFleet fleet, String type, String name, IntConsumer change)
            throws IOException, InterruptedException {
        settle();
        double cpu = control.cpuSeconds();
        ProxyFleet.Traffic before = fleet.traffic();
        List<Moments> rounds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            fleet.expect(type, name);
            long begin = System.nanoTime();
            change.accept(round);
            rounds.add(new Moments(begin, fleet.await(PATIENCE_SECONDS, control::isAlive)));
            settle();
        }
        row(what + " (of " + ROUNDS + ")", control, fleet, rounds, cpu, before);
    }

    /** What came last is answered and written down before the next thing is measured; nothing tells when. */
    private static void settle() throws InterruptedException {
        Thread.sleep(1000);
    }

    /** Prints the medians of several rounds, and of processor time and traffic the share of one. */
    private static void row(
            String what,
            ControlProcess control,
            ProxyFleet fleet,
            List<Moments> rounds,
            double cpuBefore,
            ProxyFleet.Traffic before)
            throws IOException, InterruptedException {
        settle();
        double cpu = (control.cpuSeconds() - cpuBefore) / rounds.size();
        ProxyFleet.Traffic sent = fleet.traffic().since(before);
        long resident = control.residentMebibytes();
        System.out.printf(
                "%-26s %8.2f %8.2f %8.2f %8.2f %8d %8d %10d %8.1f%n",
                what,
                median(rounds.stream().map(Moments::first).toList()),
                median(rounds.stream().map(Moments::median).toList()),
                median(rounds.stream().map(Moments::last).toList()),
                cpu,
                resident,
                control.heapMebibytes(),
                sent.resources() / rounds.size(),
                sent.bytes() / (double) rounds.size() / (1 << 20));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void report(ProxyFleet fleet, ControlProcess control) throws IOException {
        System.out.println("peak of the control plane: " + control.peakMebibytes() + " MiB resident");
        fleet.failures().forEach((reason, count) -> System.out.println("streams ended " + count + " times: " + reason));
        control.complaints().forEach(line -> System.out.println("its log: " + line));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

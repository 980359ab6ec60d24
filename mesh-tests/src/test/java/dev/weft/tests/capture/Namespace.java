package dev.weft.tests.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A network namespace, gone when closed, with all that runs in it. One that an earlier run left behind goes first. */
final class Namespace implements AutoCloseable {
    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    static Namespace create(String name) {
        Namespace namespace = new Namespace(name);
        namespace.close();
        CaptureTools.must("ip netns add " + name);
        namespace.ip("link set lo up");
        return namespace;
    }

    /** A cable between two namespaces. */
    static void connect(Namespace one, String interfaceOfOne, Namespace other, String interfaceOfOther) {
        CaptureTools.must("ip link add " + interfaceOfOne + " netns " + one.name + " type veth peer name "
                + interfaceOfOther + " netns " + other.name);
        one.ip("link set " + interfaceOfOne + " up");
        other.ip("link set " + interfaceOfOther + " up");
    }

    String name() {
        return name;
    }

    String ip(String arguments) {
        return CaptureTools.must("ip -n " + name + " " + arguments);
    }

    void address(String device, String address) {
        // Usable at once, without looking for a second host that has it.
        ip("addr add " + address + " dev " + device + (address.contains(":") ? " nodad" : ""));
    }

    /** The name server that programs in here find in their resolv.conf. */
    void resolver(String... servers) {
        try {
            Path folder = Files.createDirectories(Path.of("/etc/netns", name));
            StringBuilder text = new StringBuilder();
            for (String server : servers) {
                text.append("nameserver ").append(server).append('\n');
            }
            Files.writeString(folder.resolve("resolv.conf"), text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command line that runs another in here. */
    List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        return whole;
    }

    /** The same as another user, who may read what root may, and has the given capabilities. */
    List<String> inside(long user, String capabilities, List<String> command) {
        List<String> whole =
                new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
        if (!capabilities.isEmpty()) {
            whole.add("--inh-caps=" + capabilities);
            whole.add("--ambient-caps=" + capabilities);
        }
        whole.addAll(command);
        return inside(whole);
    }

    @Override
    public void close() {
        CaptureTools.Ran pids = CaptureTools.run(List.of("ip", "netns", "pids", name), "");
        if (pids.exit() == 0) {
            pids.output()
                    .lines()
                    .map(String::strip)
                    .filter(pid -> pid.matches("\\d+"))
                    .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
            CaptureTools.must("ip netns del " + name);
        }
        try {
            Files.deleteIfExists(Path.of("/etc/netns", name, "resolv.conf"));
            Files.deleteIfExists(Path.of("/etc/netns", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

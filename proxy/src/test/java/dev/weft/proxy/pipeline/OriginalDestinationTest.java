package dev.weft.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Captured connections behind a real REDIRECT of the kernel, both families. */
final class OriginalDestinationTest {
    private static final String SETUP = """
            set -e
            ip link set lo up
            ip addr add 10.0.0.1/24 dev lo
            ip -6 addr add 2001:db8::1/32 dev lo nodad
            nft add table ip nat
            nft 'add chain ip nat output { type nat hook output priority -100; }'
            nft add rule ip nat output ip daddr 10.0.0.0/24 meta l4proto tcp redirect to :15001
            nft add table ip6 nat
            nft 'add chain ip6 nat output { type nat hook output priority -100; }'
            nft add rule ip6 nat output ip6 daddr 2001:db8::/32 meta l4proto tcp redirect to :15001
            """;

    @Test
    void capturedConnectionsReachTheListenerOfTheirDestination() throws Exception {
        String obstacle = obstacle();
        if (!obstacle.isEmpty()) {
            assertThat(System.getenv("CI")).as(obstacle).isNotEqualTo("true");
            System.out.println("skipped: capture by REDIRECT is not tried, " + obstacle);
        }
        assumeTrue(obstacle.isEmpty(), obstacle);

        String java = ProcessHandle.current().info().command().orElseThrow();
        Process process = new ProcessBuilder(
                        "unshare",
                        "-n",
                        "sh",
                        "-c",
                        SETUP + "exec \"$0\" \"$@\"",
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CapturedConnection.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(lines)
                .containsExactly(
                        "10.0.0.1 80 -> exact",
                        "10.0.0.2 81 -> wildcard",
                        "10.0.0.3 82 -> own",
                        "10.0.0.4 9090 -> own",
                        "127.0.0.1 9090 -> metrics",
                        "127.0.0.1 15001 -> own",
                        "2001:db8::1 80 -> exact6",
                        "2001:db8::2 90 -> own6");
    }

    private static String obstacle() throws InterruptedException {
        if (!Epoll.isAvailable()) {
            return "there is no epoll here";
        }
        try {
            Process probe = new ProcessBuilder("unshare", "-n", "sh", "-c", SETUP)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return probe.waitFor() == 0 ? "" : "a network namespace with nftables cannot be made: " + said;
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}

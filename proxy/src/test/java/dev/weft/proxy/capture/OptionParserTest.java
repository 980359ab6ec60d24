package dev.weft.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OptionParserTest {
    @Test
    void capturesEverythingByDefault() {
        CaptureOptions options = new OptionParser(List.of()).options();

        assertThat(options.ports()).isEqualTo(new CaptureOptions.Ports(15_001, 15_006, 15_008, 15_053));
        assertThat(options.owners().users()).containsExactly(1337L);
        assertThat(options.owners().groups()).containsExactly(1337L);
        assertThat(options.inbound().included().all()).isTrue();
        assertThat(options.outbound().included().all()).isTrue();
        assertThat(options.inbound().mode()).isEqualTo(CaptureOptions.Mode.REDIRECT);
        assertThat(options.handling().dns()).isEqualTo(CaptureOptions.Dns.NONE);
    }

    @Test
    void takesTheLettersAndTheLongNamesAndBothFormsOfValues() {
        OptionParser parser = new OptionParser(List.of(
                "-p",
                "16001",
                "--inbound-capture-port=16006",
                "-m=tproxy",
                "-b",
                "80, 443,",
                "-x=10.0.0.1",
                "-k",
                "eth1",
                "--redirect-dns=true",
                "--capture-all-dns=false",
                "--backend",
                "iptables",
                "--dry-run"));
        CaptureOptions options = parser.options();

        assertThat(options.ports().outbound()).isEqualTo(16_001);
        assertThat(options.ports().inbound()).isEqualTo(16_006);
        assertThat(options.inbound().mode()).isEqualTo(CaptureOptions.Mode.TPROXY);
        assertThat(options.inbound().included().listed()).containsExactly(80, 443);
        assertThat(options.outbound().excluded()).containsExactly(Cidr.parse("10.0.0.1/32"));
        assertThat(options.interfaces().virtual()).containsExactly("eth1");
        assertThat(options.handling().dns()).isEqualTo(CaptureOptions.Dns.SERVERS);
        assertThat(parser.backend()).isEqualTo(Backends.Wish.IPTABLES);
        assertThat(parser.isDryRun()).isTrue();
    }

    @Test
    void anEmptyListCapturesNothing() {
        CaptureOptions options = new OptionParser(List.of("-b", "", "-i=")).options();

        assertThat(options.inbound().included().isEmpty()).isTrue();
        assertThat(options.outbound().included().isEmpty()).isTrue();
    }

    @Test
    void saysWhichFlagIsWrong() {
        refuses("--istio-inbound-ports: 'http' is no number", "-b", "http");
        refuses("--istio-inbound-ports: '70000' is no port (1 to 65535)", "-b", "70000");
        refuses("--istio-service-exclude-cidr: '*' is no IP address or range", "-x", "*");
        refuses("--istio-service-cidr: prefix length 33 is not within 0 to 32", "-i", "10.0.0.0/33");
        refuses("--istio-inbound-interception-mode: 'ipvs' is none of [REDIRECT, TPROXY]", "-m", "ipvs");
        refuses("--istio-exclude-interfaces: 'a;b' is no name of a network interface", "-c", "a;b");
        refuses("unknown flag --bogus", "--bogus");
        refuses("-p: a value is missing", "-p");
    }

    private static void refuses(String message, String... flags) {
        assertThatThrownBy(() -> new OptionParser(List.of(flags)).options())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}

package dev.weft.tests.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** weft-capture against the kernel: what it wrote it finds again, what others wrote it leaves alone. */
final class CaptureRulesKernelTest {
    private Namespace pod;

    @BeforeEach
    void makePod() {
        CaptureTools.assume();
        pod = Namespace.create("weft-rules");
        pod.ip("link add eth0 type veth peer name other");
        pod.address("eth0", "10.9.0.1/24");
        pod.address("eth0", "fd09::1/64");
        pod.ip("link set eth0 up");
        pod.resolver("10.96.0.10", "fd96::10");
    }

    @AfterEach
    void removePod() {
        if (pod != null) {
            pod.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nftables | --redirect-dns
            nftables | -m TPROXY --capture-all-dns --drop-invalid -c net1 -k virt0 -b 80,443
            nftables | -i 10.0.0.0/8,fd00::/8 -x 10.1.0.0/16,fd00:1::/32 -q 443 -o 3306 --outbound-owner-groups 100,101
            nftables | -i= -b=
            iptables | --redirect-dns
            iptables | -m TPROXY --capture-all-dns --drop-invalid -c net1 -k virt0 -b 80,443
            iptables | -i 10.0.0.0/8,fd00::/8 -x 10.1.0.0/16,fd00:1::/32 -q 443 -o 3306 --outbound-owner-groups 100,101
            iptables | -i= -b=
            """)
    void findsWhatItWrote(String backend, String flags) {
        assertThat(run("apply --backend " + backend + " " + flags).output()).startsWith("captured by " + backend);
        String once = rules();
        assertThat(run("check " + flags).exit()).isZero();
        assertThat(run("apply --backend " + backend + " " + flags).exit()).isZero();

        assertThat(rules()).as("the second time changes nothing").isEqualTo(once);
        assertThat(run("clean").output()).startsWith("cleaned: ");
        assertThat(rules()).doesNotContainIgnoringCase("weft").doesNotContain("REDIRECT", "redirect");
        assertThat(pod.ip("-6 addr show dev lo")).doesNotContain("::6/128");
        assertThat(pod.ip("rule")).doesNotContain("fwmark");
        assertThat(run("check " + flags).exit()).as("nothing is there").isEqualTo(1);
        assertThat(run("clean").output()).isEqualTo("nothing to clean");
    }

    @Test
    void printsWhatIsDifferent() {
        run("apply --backend nftables");
        inPod("nft add rule ip weft nat_output accept");
        assertThat(run("check").output()).contains("ip nat_output:", "  - accept");

        run("apply --backend nftables");
        pod.ip("-6 addr del ::6/128 dev lo");
        assertThat(run("check").output()).contains("  + address ::6/128 on lo");

        run("apply --backend iptables");
        inPod("iptables -t nat -F WEFT_REDIRECT");
        CaptureTools.Ran check = run("check");
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.output()).contains("  + -A WEFT_REDIRECT -p tcp -j REDIRECT --to-ports 15001");
    }

    @Test
    void changesTheBackendAndLeavesOthersRulesAlone() {
        inPod("iptables -t nat -A OUTPUT -p tcp --dport 9999 -j RETURN");
        run("apply --backend iptables");
        run("apply --backend nftables");

        assertThat(inPod("iptables-save -t nat")).doesNotContain("WEFT_").contains("--dport 9999");
        assertThat(run("check").exit()).isZero();

        run("clean");
        assertThat(inPod("iptables-save -t nat")).contains("--dport 9999");
    }

    @Test
    void staysWithIptablesLegacyWhereOthersUseIt() {
        inPod("iptables-legacy -t nat -A OUTPUT -p tcp --dport 9999 -j RETURN");

        assertThat(run("apply").output()).startsWith("captured by iptables (legacy)");
        assertThat(run("check").exit()).isZero();
        assertThat(inPod("iptables-legacy-save -t nat")).contains("WEFT_OUTPUT", "--dport 9999");
        assertThat(run("clean").exit()).isZero();
        assertThat(inPod("iptables-legacy-save -t nat")).doesNotContain("WEFT_").contains("--dport 9999");
    }

    @Test
    void saysWhatIsMissing() {
        List<String> command = List.of("setpriv", "--bounding-set=-net_admin,-net_raw");
        CaptureTools.Ran ran = CaptureTools.run(
                pod.inside(concat(command, CaptureTools.java("dev.weft.proxy.capture.Main", "apply"))), "");

        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.output())
                .contains(
                        "no backend takes the rules", "it must run as root with the capabilities NET_ADMIN and NET_RAW")
                .contains("this process lacks the capabilities NET_ADMIN, NET_RAW");
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** All rules of all backends. */
    private String rules() {
        return inPod("nft list ruleset") + inPod("iptables-legacy-save") + inPod("ip6tables-legacy-save");
    }

    private String inPod(String line) {
        return CaptureTools.must(pod.inside(List.of(line.split(" "))));
    }

    private CaptureTools.Ran run(String line) {
        return CaptureTools.run(pod.inside(CaptureTools.java("dev.weft.proxy.capture.Main", line.split(" "))), "");
    }
}

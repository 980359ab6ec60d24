package dev.weft.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.cli.check.Finding.Code;
import dev.weft.cli.check.Finding.State;
import dev.weft.cli.check.MeshFacts.Presence;
import dev.weft.cli.check.MeshFacts.Trust;
import dev.weft.cli.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ChecksTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ImmutableSet<String> KINDS =
            ImmutableSet.of("virtualservices.networking.istio.io", "sidecars.networking.istio.io");

    @Test
    void aFreshClusterIsFine() {
        var findings = PlatformChecks.of(platform(34, "6.1.0", ImmutableList.of(), ImmutableMap.of()), KINDS);

        assertThat(findings).allMatch(finding -> finding.state() == State.OK);
        assertThat(new CheckReport(findings).fine()).isTrue();
    }

    @Test
    void anOldClusterFailsAndOldNodesWarn() {
        var findings = PlatformChecks.of(platform(27, "4.18.0-el8", ImmutableList.of(), ImmutableMap.of()), KINDS);

        assertThat(of(findings, Code.WC01).state()).isEqualTo(State.FAIL);
        assertThat(of(findings, Code.WC06).because()).contains("node1 (linux 4.18.0-el8)");
        assertThat(new CheckReport(findings).fine()).isFalse();
    }

    @Test
    void missingRightsAreNamed() {
        var findings = PlatformChecks.of(
                platform(34, "6.1", ImmutableList.of("create clusterroles"), ImmutableMap.of()), KINDS);

        assertThat(of(findings, Code.WC02).because()).isEqualTo("you may not create clusterroles");
    }

    @Test
    void definitionsOfOthersStayAndOldOnesWarn() {
        var foreign = new PlatformFacts.Definition(ImmutableList.of("v1", "v1beta1"), false);
        var old = new PlatformFacts.Definition(ImmutableList.of("v1alpha3"), false);

        var stays = PlatformChecks.of(
                platform(34, "6.1", ImmutableList.of(), ImmutableMap.of("sidecars.networking.istio.io", foreign)),
                KINDS);
        var warns = PlatformChecks.of(
                platform(34, "6.1", ImmutableList.of(), ImmutableMap.of("sidecars.networking.istio.io", old)), KINDS);

        assertThat(of(stays, Code.WC03).subject())
                .isEqualTo("1 of 2 kinds, of which 1 came from elsewhere and stay as they are");
        assertThat(of(warns, Code.WC03).state()).isEqualTo(State.WARN);
    }

    @Test
    void aMeshThatIsWellIsFine() throws IOException {
        var findings = MeshChecks.of(mesh(2, Trust.GOOD, namespace("shop", ImmutableList.of(), "web-1")), NOW);

        assertThat(findings).allMatch(finding -> finding.state() == State.OK);
        assertThat(print(findings))
                .contains("Control plane  3 ok")
                .contains("Data plane     3 ok   1 proxy is in sync");
    }

    @Test
    void eachTroubleHasCauseAndRemedy() throws IOException {
        var control = new MeshFacts.Control(
                "weft-control",
                2,
                0,
                "weft/control:1",
                ImmutableList.of("weft-control-x: ImagePullBackOff"),
                ImmutableList.of());
        var facts = new MeshFacts(
                "weft-system",
                Optional.of(control),
                Optional.empty(),
                Optional.of(NOW.plus(Duration.ofDays(3))),
                ImmutableList.of(
                        new MeshFacts.Webhook("weft-injector", Presence.THERE, Trust.OTHER),
                        new MeshFacts.Webhook("weft-validator", Presence.MISSING, Trust.NONE)),
                ImmutableList.of(new MeshFacts.Namespace(
                        "shop",
                        ImmutableSet.of("weft.dev", "istio"),
                        Presence.MISSING,
                        ImmutableList.of("old-1"),
                        ImmutableList.of())));

        var findings = MeshChecks.of(facts, NOW);

        assertThat(findings)
                .filteredOn(finding -> finding.state() != State.OK)
                .allSatisfy(finding -> {
                    assertThat(finding.because()).isNotEmpty();
                    assertThat(finding.remedy()).isNotEmpty();
                })
                .extracting(Finding::code)
                .containsExactly(
                        Code.WC12, Code.WC13, Code.WC22, Code.WC21, Code.WC23, Code.WC32, Code.WC33, Code.WC34);
        assertThat(of(findings, Code.WC12).because()).contains("ImagePullBackOff");
        assertThat(print(findings)).contains("FAIL  WC12").contains("docs/troubleshooting.md#wc12");
    }

    @Test
    void proxiesThatRefuseFailAndStrangersWarn() throws IOException {
        JsonNode status = new ObjectMapper().readTree("""
                {"items":[{"name":"web-1","namespace":"shop","state":"rejected"},{"name":"a","namespace":"shop","state":"stale"}],
                 "problems":[{"severity":"error","kind":"VirtualService","namespace":"shop","name":"web"}]}""");
        MeshFacts well = mesh(1, Trust.GOOD, namespace("shop", ImmutableList.of(), "web-1", "web-2"));
        MeshFacts facts = new MeshFacts(
                well.namespace(),
                well.control(),
                Optional.of(status),
                well.rootExpires(),
                well.webhooks(),
                well.namespaces());

        var findings = MeshChecks.of(facts, NOW);

        assertThat(findings.stream().filter(finding -> finding.code() == Code.WC41))
                .extracting(Finding::state)
                .containsExactly(State.FAIL, State.WARN);
        assertThat(of(findings, Code.WC42).because()).isEqualTo("VirtualService shop/web");
        assertThat(of(findings, Code.WC43).because()).isEqualTo("web-2.shop");
    }

    @Test
    void aReplicaThatSaysNothingIsNamedAndNobodyIsCalledAStranger() throws IOException {
        MeshFacts well = mesh(2, Trust.GOOD, namespace("shop", ImmutableList.of(), "web-1", "web-2"));
        MeshFacts facts = new MeshFacts(
                well.namespace(),
                well.control().map(control -> control.withSilent(ImmutableList.of("weft-control-b: timed out"))),
                well.status(),
                well.rootExpires(),
                well.webhooks(),
                well.namespaces());

        var findings = MeshChecks.of(facts, NOW);

        assertThat(of(findings, Code.WC13).state()).isEqualTo(State.WARN);
        assertThat(of(findings, Code.WC13).subject()).isEqualTo("1 of 2 replicas do not answer");
        assertThat(of(findings, Code.WC13).because()).isEqualTo("weft-control-b: timed out");
        assertThat(of(findings, Code.WC43).state()).isEqualTo(State.OK);
    }

    @Test
    void nothingInstalledIsSaid() {
        var facts = new MeshFacts(
                "weft-system",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ImmutableList.of(),
                ImmutableList.of());

        assertThat(of(MeshChecks.of(facts, NOW), Code.WC11).remedy()).contains("meshctl install");
    }

    @Test
    void everyCodeHasItsParagraph() throws IOException {
        String page = Files.readString(Path.of("../docs/troubleshooting.md"));

        for (Code code : Code.values()) {
            assertThat(page).contains("<a id=\"" + code.name().toLowerCase(Locale.ROOT) + "\"></a>");
        }
    }

    private static Finding of(ImmutableList<Finding> findings, Code code) {
        return findings.stream()
                .filter(finding -> finding.code() == code)
                .findFirst()
                .orElseThrow();
    }

    private static PlatformFacts platform(
            int minor,
            String kernel,
            ImmutableList<String> denied,
            ImmutableMap<String, PlatformFacts.Definition> definitions) {
        return new PlatformFacts(
                new PlatformFacts.Version(1, minor, "v1." + minor + ".0"),
                ImmutableList.of(new PlatformFacts.Node("node1", "linux", kernel)),
                denied,
                definitions,
                ImmutableList.of());
    }

    private static MeshFacts mesh(int ready, Trust trust, MeshFacts.Namespace namespace) throws IOException {
        return new MeshFacts(
                "weft-system",
                Optional.of(new MeshFacts.Control(
                        "weft-control", ready, ready, "weft/control:1", ImmutableList.of(), ImmutableList.of())),
                Optional.of(new ObjectMapper()
                        .readTree("{\"items\":[{\"name\":\"web-1\",\"namespace\":\"shop\",\"state\":\"synced\"}]}")),
                Optional.of(NOW.plus(Duration.ofDays(3650))),
                ImmutableList.of(new MeshFacts.Webhook("weft-injector", Presence.THERE, trust)),
                ImmutableList.of(namespace));
    }

    private static MeshFacts.Namespace namespace(String name, ImmutableList<String> bare, String... meshed) {
        return new MeshFacts.Namespace(
                name, ImmutableSet.of("weft.dev"), Presence.THERE, bare, ImmutableList.copyOf(meshed));
    }

    private static String print(ImmutableList<Finding> findings) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        new CheckReport(findings)
                .print(new Console(stream, stream, Console.Style.PLAIN, Console.Style.PLAIN, Console.Notes.SHOWN));
        return out.toString(StandardCharsets.UTF_8);
    }
}

package dev.weft.resources.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.AuthorizationPolicy.Action;
import dev.weft.resources.AuthorizationPolicy.Enforcement;
import dev.weft.resources.AuthorizationPolicy.Operation;
import dev.weft.resources.AuthorizationPolicy.Rule;
import dev.weft.resources.AuthorizationPolicy.Source;
import dev.weft.resources.AuthorizationPolicy.ValueMatch;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.PeerAuthentication.MtlsMode;
import dev.weft.resources.Resource;
import org.junit.jupiter.api.Test;

class FailsClosedTest {
    private static final Rule EVERYTHING = new Rule(0, ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

    private final ResourceParser parser = new ResourceParser();

    @Test
    void dropsAnAllowRuleWithAMistakeAndKeepsTheIndicesOfTheOthers() {
        AuthorizationPolicy policy = restricted("""
                rules:
                - from: [{source: {namespaces: [a], typo: [b]}}]
                - to: [{operation: {methods: [GET]}}]
                - from: [{source: {ipBlocks: [nowhere]}}]
                """);

        assertThat(policy.action()).isEqualTo(Action.ALLOW);
        assertThat(policy.rules()).extracting(Rule::index).containsExactly(1);
    }

    @Test
    void allowsNothingWhenEveryRuleHasAMistake() {
        assertThat(restricted("rules: [{typo: []}]").rules()).isEmpty();
    }

    @Test
    void widensADenyRuleByTheFieldWithTheMistakeOnly() {
        AuthorizationPolicy policy = restricted("""
                action: DENY
                rules:
                - from:
                  - source: {principals: [p], ipBlocks: [10.0.0.1, nowhere]}
                  to: [{operation: {methods: [GET], paths: ["/a/{**}/b"]}}]
                  when:
                  - {key: typo, values: [x]}
                  - {key: "source.ip", values: [10.0.0.1]}
                """);

        Rule rule = policy.rules().getFirst();
        assertThat(rule.from().getFirst().principals().values()).containsExactly("p");
        assertThat(rule.from().getFirst().ipBlocks()).isEqualTo(ValueMatch.ANY);
        assertThat(rule.to().getFirst().methods().values()).containsExactly("GET");
        assertThat(rule.to().getFirst().paths()).isEqualTo(ValueMatch.ANY);
        assertThat(rule.when())
                .extracting(condition -> condition.key().attribute().text())
                .containsExactly("source.ip");
    }

    @Test
    void deniesEverySourceWhenTheOnlyFieldOfASourceHasAMistake() {
        Rule rule = restricted("""
                action: DENY
                rules:
                - from: [{source: {principls: [a]}}]
                  to: [{operation: {methods: 7}}]
                """).rules().getFirst();

        assertThat(rule.from()).containsExactly(Source.ANY);
        assertThat(rule.to()).containsExactly(Operation.ANY);
    }

    @Test
    void deniesEverythingWhereARuleCannotBeReadAtAll() {
        assertThat(restricted("{action: DENY, rules: [nonsense]}").rules()).containsExactly(EVERYTHING);
    }

    @Test
    void deniesWhatCustomWouldHaveAskedAbout() {
        AuthorizationPolicy policy = restricted("""
                action: CUSTOM
                provider: {name: ext}
                rules: [{to: [{operation: {paths: [/admin]}}]}]
                """);

        assertThat(policy.action()).isEqualTo(Action.DENY);
        assertThat(policy.rules().getFirst().to().getFirst().paths().values()).containsExactly("/admin");
    }

    @Test
    void hasTheStrictestReadingAtHandWhereTheScopeIsNotKnown() {
        AuthorizationPolicy allow = substitute("{selector: {matchLabel: {app: a}}, rules: [{}]}");
        AuthorizationPolicy deny = substitute(
                "{selector: {matchLabel: {app: a}}, action: DENY, rules: [{to: [{operation: {methods: [GET]}}]}]}");
        AuthorizationPolicy typo = substitute("{action: DENI, rules: [{to: [{operation: {methods: [GET]}}]}]}");
        AuthorizationPolicy noRules = substitute("{action: DENY, rulez: []}");

        assertThat(allow.rules()).isEmpty();
        assertThat(allow.selector()).isEmpty();
        assertThat(deny.rules().getFirst().to().getFirst().methods().values()).containsExactly("GET");
        assertThat(typo.action()).isEqualTo(Action.DENY);
        assertThat(typo.rules()).containsExactly(EVERYTHING);
        assertThat(noRules.rules()).containsExactly(EVERYTHING);
    }

    @Test
    void refusesWhatDoesNotDecideAboutSidecarsWithoutClosingAnything() {
        assertThat(parse("AuthorizationPolicy", "{action: AUDIT, rules: [{}]}", ""))
                .isInstanceOfSatisfying(
                        Parsed.Refused.class,
                        refused -> assertThat(refused.substitute()).isEmpty());
        assertThat(parse("AuthorizationPolicy", "{targetRefs: [{kind: Gateway, name: a}], rules: [{}]}", ""))
                .isInstanceOfSatisfying(
                        Parsed.Refused.class,
                        refused -> assertThat(refused.substitute()).isEmpty());
    }

    @Test
    void marksADryRun() {
        Parsed.Valid valid = (Parsed.Valid) parse(
                "AuthorizationPolicy", "{action: DENY, rules: [{}]}", ", annotations: {istio.io/dry-run: \"true\"}");

        assertThat(((AuthorizationPolicy) valid.resource()).enforcement()).isEqualTo(Enforcement.DRY_RUN);
    }

    @Test
    void takesAModeThatItCannotReadForStrict() {
        PeerAuthentication policy =
                (PeerAuthentication) ((Parsed.FailedClosed) parse("PeerAuthentication", """
                        selector: {matchLabels: {app: a}}
                        mtls: {mode: PERMISIVE}
                        portLevelMtls: {80: {mode: DISABLE}, 81: {mode: OFF}, 82: nonsense}
                        """, "")).resource();

        assertThat(policy.mode()).isEqualTo(MtlsMode.STRICT);
        assertThat(policy.selector()).isPresent();
        assertThat(policy.portLevelMtls())
                .containsEntry(80, MtlsMode.DISABLE)
                .containsEntry(81, MtlsMode.STRICT)
                .containsEntry(82, MtlsMode.STRICT);
    }

    @Test
    void leavesAModeAloneWhereTheMistakeIsOnAPort() {
        PeerAuthentication policy = (PeerAuthentication) ((Parsed.FailedClosed) parse(
                        "PeerAuthentication",
                        "{selector: {matchLabels: {app: a}}, mtls: {mode: PERMISSIVE}, portLevelMtls: {81: {mode: OFF}}}",
                        ""))
                .resource();

        assertThat(policy.mode()).isEqualTo(MtlsMode.PERMISSIVE);
    }

    private AuthorizationPolicy restricted(String spec) {
        Parsed parsed = parse("AuthorizationPolicy", spec, "");
        assertThat(parsed).as(() -> parsed.problems().toString()).isInstanceOf(Parsed.FailedClosed.class);
        return (AuthorizationPolicy) ((Parsed.FailedClosed) parsed).resource();
    }

    private AuthorizationPolicy substitute(String spec) {
        Resource substitute = ((Parsed.Refused) parse("AuthorizationPolicy", spec, ""))
                .substitute()
                .orElseThrow();
        return (AuthorizationPolicy) substitute;
    }

    private Parsed parse(String kind, String spec, String metadata) {
        String text = "apiVersion: security.istio.io/v1\nkind: %s\nmetadata: {name: a%s}\nspec:\n%s"
                .formatted(kind, metadata, spec.indent(2));
        return parser.parse("test.yaml", text).objects().getFirst();
    }
}

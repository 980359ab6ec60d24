package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.AuthorizationPolicy.Condition;
import dev.weft.resources.AuthorizationPolicy.Operation;
import dev.weft.resources.AuthorizationPolicy.Rule;
import dev.weft.resources.AuthorizationPolicy.Source;
import dev.weft.resources.AuthorizationPolicy.ValueMatch;
import dev.weft.resources.ConditionKey;
import dev.weft.resources.ConditionKey.Attribute;
import dev.weft.resources.FieldPath;
import dev.weft.resources.yaml.YamlNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads the rules of an AuthorizationPolicy, and checks the values in them. The surprising rule: an item that was cut out of the tree is an
 * empty mapping, and matches everything.
 */
final class AuthorizationRuleReader {
    private static final ImmutableSet<String> METHODS =
            ImmutableSet.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");
    private static final String KEYS =
            Arrays.stream(Attribute.values()).map(Attribute::text).collect(Collectors.joining(", "));

    private final Subject subject;
    private final Checks checks;

    AuthorizationRuleReader(Subject subject, Checks checks) {
        this.subject = subject;
        this.checks = checks;
    }

    static ImmutableList<Rule> rules(Fields spec) {
        ImmutableList<Fields> written = spec.messages("rules");
        ImmutableList.Builder<Rule> rules = ImmutableList.builder();
        for (int i = 0; i < written.size(); i++) {
            Fields rule = written.get(i);
            rules.add(new Rule(
                    i,
                    rule.list(
                            "from",
                            from -> from.message("source")
                                    .map(AuthorizationRuleReader::source)
                                    .orElse(Source.ANY)),
                    rule.list(
                            "to",
                            to -> to.message("operation")
                                    .map(AuthorizationRuleReader::operation)
                                    .orElse(Operation.ANY)),
                    conditions(rule)));
        }
        return rules.build();
    }

    private static ImmutableList<Condition> conditions(Fields rule) {
        return rule.messages("when").stream()
                .flatMap(condition -> condition
                        .text("key")
                        .flatMap(ConditionKey::parse)
                        .map(key -> new Condition(key, values(condition, "values", "notValues")))
                        .stream())
                .collect(ImmutableList.toImmutableList());
    }

    private static Source source(Fields fields) {
        return new Source(
                values(fields, "principals", "notPrincipals"),
                values(fields, "requestPrincipals", "notRequestPrincipals"),
                values(fields, "namespaces", "notNamespaces"),
                values(fields, "serviceAccounts", "notServiceAccounts"),
                values(fields, "ipBlocks", "notIpBlocks"),
                values(fields, "remoteIpBlocks", "notRemoteIpBlocks"),
                values(fields, "trustDomains", "notTrustDomains"));
    }

    private static Operation operation(Fields fields) {
        return new Operation(
                values(fields, "hosts", "notHosts"),
                values(fields, "ports", "notPorts"),
                values(fields, "methods", "notMethods"),
                values(fields, "paths", "notPaths"));
    }

    private static ValueMatch values(Fields fields, String values, String notValues) {
        return new ValueMatch(fields.texts(values), fields.texts(notValues));
    }

    /** Checks the values of a tree from which the field table's errors were cut. */
    void check(YamlNode.Mapping spec) {
        for (Fields rule : new Fields(checks, spec, ObjectParser.SPEC).messages("rules")) {
            checkNotEmpty(rule, "from");
            checkNotEmpty(rule, "to");
            rule.messages("from").forEach(from -> {
                checkNotEmpty(from, "source");
                from.message("source").ifPresent(this::checkSource);
            });
            rule.messages("to").forEach(to -> {
                checkNotEmpty(to, "operation");
                to.message("operation").ifPresent(this::checkOperation);
            });
            rule.messages("when").forEach(this::checkCondition);
        }
    }

    /** An empty list or mapping means nothing sensible; one that was emptied by a cut has been spoken of already. */
    private void checkNotEmpty(Fields fields, String field) {
        boolean empty = subject.positions()
                .find(fields.at(field))
                .filter(AuthorizationRuleReader::isEmpty)
                .isPresent();
        boolean reported = subject.findings().stream()
                .anyMatch(finding -> finding.isError() && finding.path().startsWith(fields.at(field)));
        if (empty && !reported) {
            checks.missing(fields.at(field), "must not be empty");
        }
    }

    private static boolean isEmpty(YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping mapping -> mapping.entries().isEmpty();
            case YamlNode.Sequence sequence -> sequence.items().isEmpty();
            case YamlNode.Scalar ignored -> false;
        };
    }

    private void checkSource(Fields source) {
        checkEach(source, "ipBlocks", Formats::isAddressBlock, "an IP address or a CIDR block");
        checkEach(source, "notIpBlocks", Formats::isAddressBlock, "an IP address or a CIDR block");
        checkEach(source, "remoteIpBlocks", Formats::isAddressBlock, "an IP address or a CIDR block");
        checkEach(source, "notRemoteIpBlocks", Formats::isAddressBlock, "an IP address or a CIDR block");
        for (String field : ImmutableList.of("serviceAccounts", "notServiceAccounts")) {
            checkEach(
                    source,
                    field,
                    AuthorizationRuleReader::isServiceAccount,
                    "name or namespace/name, without a wildcard");
            for (String other : ImmutableList.of("principals", "notPrincipals", "namespaces", "notNamespaces")) {
                if (source.isSet(field) && source.isSet(other)) {
                    checks.conflict(source.at(field), "does not go with " + other);
                }
            }
        }
        for (String field : ImmutableList.of("principals", "notPrincipals")) {
            warnEach(
                    source,
                    field,
                    value -> value.startsWith("spiffe://"),
                    "a principal is written without spiffe://, so that this matches nobody");
        }
        for (String field : ImmutableList.of(
                "principals",
                "notPrincipals",
                "requestPrincipals",
                "notRequestPrincipals",
                "namespaces",
                "notNamespaces",
                "trustDomains",
                "notTrustDomains")) {
            checkEach(source, field, value -> !value.isEmpty(), "a text that is not empty");
        }
        for (String field : ImmutableList.of("requestPrincipals", "notRequestPrincipals")) {
            if (source.isSet(field)) {
                checks.ineffective(source.at(field), "no token is checked yet: no request has a request principal");
            }
        }
    }

    private void checkOperation(Fields operation) {
        checkEach(operation, "ports", Formats::isPort, "a port from 1 to 65535");
        checkEach(operation, "notPorts", Formats::isPort, "a port from 1 to 65535");
        for (String field : ImmutableList.of("hosts", "notHosts", "methods", "notMethods")) {
            checkEach(operation, field, value -> !value.isEmpty(), "a text that is not empty");
        }
        for (String field : ImmutableList.of("paths", "notPaths")) {
            checkEach(
                    operation,
                    field,
                    PathTemplate::isValid,
                    "a path, or a template with whole segments {*} and a last {**}");
        }
        for (String field : ImmutableList.of("methods", "notMethods")) {
            warnEach(
                    operation,
                    field,
                    value -> !value.contains("*") && !METHODS.contains(value),
                    "is no method of HTTP");
        }
    }

    private void checkCondition(Fields condition) {
        Optional<String> text = condition.text("key");
        if (text.isEmpty()) {
            return;
        }
        Optional<ConditionKey> key = ConditionKey.parse(text.get());
        if (key.isEmpty()) {
            if (text.get().startsWith("experimental.")) {
                checks.unsupported(condition.at("key"), text.get() + " is not served by this version of Weft");
            } else {
                checks.invalid(condition.at("key"), "found \"" + text.get() + "\", expected one of " + KEYS);
            }
            return;
        }
        if (condition.texts("values").isEmpty() && condition.texts("notValues").isEmpty()) {
            checks.missing(condition.at("values"), "expected values or notValues");
        }
        for (String field : ImmutableList.of("values", "notValues")) {
            checkConditionValues(condition, field, key.get().attribute());
        }
    }

    private void checkConditionValues(Fields condition, String field, Attribute attribute) {
        switch (attribute) {
            case SOURCE_IP, REMOTE_IP, DESTINATION_IP ->
                checkEach(condition, field, Formats::isAddressBlock, "an IP address or a CIDR block");
            case DESTINATION_PORT -> checkEach(condition, field, Formats::isPort, "a port from 1 to 65535");
            case SOURCE_SERVICE_ACCOUNT ->
                checkEach(
                        condition,
                        field,
                        AuthorizationRuleReader::isServiceAccount,
                        "name or namespace/name, without a wildcard");
            case REQUEST_HEADER, SOURCE_NAMESPACE, SOURCE_TRUST_DOMAIN, SOURCE_PRINCIPAL, CONNECTION_SNI ->
                checkEach(condition, field, value -> !value.isEmpty(), "a text that is not empty");
            case REQUEST_PRINCIPAL, REQUEST_AUDIENCES, REQUEST_PRESENTER, REQUEST_CLAIM -> {
                checkEach(condition, field, value -> !value.isEmpty(), "a text that is not empty");
                if (condition.isSet(field)) {
                    checks.ineffective(
                            condition.at("key"), "no token is checked yet: no request has any of its attributes");
                }
            }
        }
    }

    private void checkEach(Fields fields, String field, Predicate<String> good, String expected) {
        ImmutableList<String> values = fields.texts(field);
        for (int i = 0; i < values.size(); i++) {
            FieldPath at = fields.at(field).index(i);
            if (!good.test(values.get(i))) {
                checks.invalid(at, "found \"" + values.get(i) + "\", expected " + expected);
            }
        }
    }

    private void warnEach(Fields fields, String field, Predicate<String> odd, String message) {
        ImmutableList<String> values = fields.texts(field);
        for (int i = 0; i < values.size(); i++) {
            if (odd.test(values.get(i))) {
                checks.ineffective(fields.at(field).index(i), "found \"" + values.get(i) + "\": " + message);
            }
        }
    }

    private static boolean isServiceAccount(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? Formats.isObjectName(text)
                : Formats.isObjectName(text.substring(0, slash)) && Formats.isObjectName(text.substring(slash + 1));
    }
}

package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.FieldPath;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.PeerAuthentication.MtlsMode;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.schema.Finding;
import dev.weft.resources.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a PeerAuthentication, which fails closed: a mode that cannot be read is STRICT. Where a mistake leaves open what the object is about at all
 * (its selector, an unknown field), the last valid version stays; without one the whole object is STRICT.
 */
final class PeerAuthenticationReader {
    private static final FieldPath MTLS = ObjectParser.SPEC.field("mtls");
    private static final FieldPath PORTS = ObjectParser.SPEC.field("portLevelMtls");
    private static final FieldPath SELECTOR = ObjectParser.SPEC.field("selector");

    private PeerAuthenticationReader() {}

    static Parsed read(Subject subject, YamlNode.Mapping spec) {
        ImmutableList<Finding> errors =
                subject.findings().stream().filter(Finding::isError).collect(ImmutableList.toImmutableList());
        Checks checks = new Checks(subject.positions());
        YamlNode.Mapping readable = new Pruner(unreadable(errors)).prune(spec, ObjectParser.SPEC);
        Fields fields = new Fields(checks, readable, ObjectParser.SPEC);
        Optional<LabelSelector> selector = CommonReader.selector(fields, "selector", "matchLabels");
        MtlsMode mode = any(errors, MTLS)
                ? MtlsMode.STRICT
                : fields.message("mtls").map(PeerAuthenticationReader::mode).orElse(MtlsMode.UNSET);
        ImmutableMap<Integer, MtlsMode> ports = ports(spec, errors, checks);
        if (!ports.isEmpty() && !spec.get("selector").isPresent()) {
            checks.missing(SELECTOR, "must be set where portLevelMtls is");
        }
        PeerAuthentication policy = new PeerAuthentication(subject.meta(), selector, mode, ports);
        List<Finding> all = new ArrayList<>(errors);
        all.addAll(checks.findings());
        List<Finding> open = all.stream()
                .filter(finding -> finding.isError() && !failsClosed(finding))
                .toList();
        if (!open.isEmpty()) {
            PeerAuthentication strict =
                    new PeerAuthentication(subject.meta(), selector, MtlsMode.STRICT, ImmutableMap.of());
            return subject.refused(Optional.of(strict), checks.findings(), finding -> Effect.FAILED_CLOSED);
        }
        return errors.isEmpty()
                ? subject.valid(policy, checks.findings())
                : subject.failedClosed(policy, checks.findings(), finding -> Effect.STRICT_ENFORCED);
    }

    private static ImmutableSet<FieldPath> unreadable(ImmutableList<Finding> errors) {
        ImmutableSet.Builder<FieldPath> cut = ImmutableSet.builder();
        for (FieldPath part : ImmutableList.of(MTLS, PORTS, SELECTOR)) {
            if (any(errors, part)) {
                cut.add(part);
            }
        }
        return cut.build();
    }

    /** Whether the mistake is inside one mode, so that everything else about the object is known. */
    private static boolean failsClosed(Finding finding) {
        FieldPath path = finding.path();
        boolean insidePort =
                path.startsWith(PORTS) && path.steps().size() > PORTS.steps().size();
        return path.startsWith(MTLS) || insidePort && !isKeyItself(finding);
    }

    /** A key that is no port: nobody knows which port was meant. */
    private static boolean isKeyItself(Finding finding) {
        return finding.path().steps().size() == PORTS.steps().size() + 1
                && finding.path().steps().getLast() instanceof FieldPath.Step.Key(String key)
                && !Formats.isPort(key);
    }

    private static ImmutableMap<Integer, MtlsMode> ports(
            YamlNode.Mapping spec, ImmutableList<Finding> errors, Checks checks) {
        ImmutableMap.Builder<Integer, MtlsMode> ports = ImmutableMap.builder();
        spec.mapping("portLevelMtls")
                .ifPresent(written -> written.entries().forEach((key, entry) -> {
                    FieldPath at = PORTS.key(key);
                    if (Formats.isPort(key)) {
                        boolean readable = !any(errors, at) && entry.value() instanceof YamlNode.Mapping;
                        ports.put(
                                Integer.valueOf(key),
                                readable
                                        ? mode(new Fields(checks, (YamlNode.Mapping) entry.value(), at))
                                        : MtlsMode.STRICT);
                    }
                }));
        return ports.buildOrThrow();
    }

    private static MtlsMode mode(Fields fields) {
        return fields.choice("mode", MtlsMode.class).orElse(MtlsMode.UNSET);
    }

    private static boolean any(List<Finding> errors, FieldPath path) {
        return errors.stream().anyMatch(finding -> finding.path().startsWith(path));
    }
}

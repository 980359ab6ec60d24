package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.DestinationRule.Subset;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.ResourceMeta;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads a DestinationRule; its policies are read by {@link TrafficPolicyReader}. */
final class DestinationRuleReader {
    private DestinationRuleReader() {}

    static DestinationRule read(ResourceMeta meta, Fields spec) {
        String host = spec.text("host").orElse("");
        if (!host.isEmpty() && !Formats.isHostOrAddress(host)) {
            spec.checks().invalid(spec.at("host"), "found \"" + host + "\", expected a DNS name, *.suffix or *");
        }
        Optional<LabelSelector> selector = CommonReader.selector(spec, "workloadSelector", "matchLabels");
        DestinationRule rule = new DestinationRule(
                meta,
                host,
                spec.message("trafficPolicy").map(TrafficPolicyReader::read),
                subsets(spec),
                CommonReader.exportTo(spec, "exportTo"),
                selector);
        boolean elsewhere =
                rule.exportTo().stream().anyMatch(token -> !token.equals(".") && !token.equals(meta.namespace()));
        if (selector.isPresent() && elsewhere) {
            spec.checks().conflict(spec.at("exportTo"), "a rule with workloadSelector is for its own namespace only");
        }
        return rule;
    }

    private static ImmutableList<Subset> subsets(Fields spec) {
        Set<String> names = new HashSet<>();
        ImmutableList.Builder<Subset> subsets = ImmutableList.builder();
        for (Fields fields : spec.messages("subsets")) {
            String name = fields.text("name").orElse("");
            if (!Formats.isSubsetName(name)) {
                fields.checks()
                        .invalid(
                                fields.at("name"), "found \"" + name + "\", expected letters, digits, dots and dashes");
            } else if (!names.add(name)) {
                fields.checks().conflict(fields.at("name"), "found the subset \"" + name + "\" twice");
            }
            subsets.add(new Subset(
                    name,
                    fields.textMap("labels"),
                    fields.message("trafficPolicy").map(TrafficPolicyReader::read)));
        }
        return subsets.build();
    }
}

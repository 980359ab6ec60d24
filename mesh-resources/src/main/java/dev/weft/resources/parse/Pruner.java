package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.FieldPath;
import dev.weft.resources.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Cuts fields out of a tree. An item of a list becomes an empty mapping, so that the others keep their indices. */
final class Pruner {
    private final Set<FieldPath> cut;

    Pruner(Set<FieldPath> cut) {
        this.cut = cut;
    }

    YamlNode.Mapping prune(YamlNode.Mapping mapping, FieldPath at) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries().values()) {
            FieldPath path = at.field(entry.key().text());
            if (!cut.contains(path)) {
                entries.put(entry.key().text(), new YamlNode.Entry(entry.key(), prune(entry.value(), path)));
            }
        }
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), mapping.line(), mapping.column());
    }

    private YamlNode prune(YamlNode node, FieldPath at) {
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar;
            case YamlNode.Mapping mapping -> prune(mapping, at);
            case YamlNode.Sequence sequence -> prune(sequence, at);
        };
    }

    private YamlNode.Sequence prune(YamlNode.Sequence sequence, FieldPath at) {
        ImmutableList.Builder<YamlNode> items = ImmutableList.builder();
        for (int i = 0; i < sequence.items().size(); i++) {
            YamlNode item = sequence.items().get(i);
            items.add(
                    cut.contains(at.index(i))
                            ? new YamlNode.Mapping(ImmutableMap.of(), item.line(), item.column())
                            : prune(item, at.index(i)));
        }
        return new YamlNode.Sequence(items.build(), sequence.line(), sequence.column());
    }
}

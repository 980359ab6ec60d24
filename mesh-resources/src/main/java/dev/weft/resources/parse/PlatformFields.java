package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import dev.weft.resources.yaml.YamlNode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Part of an object that the platform has checked already. The surprising rule: what has another shape than expected counts as absent, since
 * nobody who reads a problem about it could mend it.
 */
record PlatformFields(YamlNode.Mapping node) {
    private static final YamlNode.Mapping EMPTY = new YamlNode.Mapping(ImmutableMap.of(), 0, 0);

    Optional<String> text(String field) {
        return node.text(field).filter(text -> !text.isEmpty());
    }

    OptionalInt number(String field) {
        Integer number = text(field).map(Ints::tryParse).orElse(null);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    Optional<Boolean> flag(String field) {
        return text(field).map(Boolean::parseBoolean);
    }

    /** Empty fields where the message is absent. */
    PlatformFields message(String field) {
        return new PlatformFields(node.mapping(field).orElse(EMPTY));
    }

    ImmutableList<PlatformFields> messages(String field) {
        ImmutableList.Builder<PlatformFields> messages = ImmutableList.builder();
        for (YamlNode item : items(field)) {
            if (item instanceof YamlNode.Mapping mapping) {
                messages.add(new PlatformFields(mapping));
            }
        }
        return messages.build();
    }

    ImmutableList<String> texts(String field) {
        ImmutableList.Builder<String> texts = ImmutableList.builder();
        for (YamlNode item : items(field)) {
            if (item instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
                texts.add(scalar.text());
            }
        }
        return texts.build();
    }

    private ImmutableList<YamlNode> items(String field) {
        return node.get(field).orElse(EMPTY) instanceof YamlNode.Sequence sequence
                ? sequence.items()
                : ImmutableList.of();
    }
}

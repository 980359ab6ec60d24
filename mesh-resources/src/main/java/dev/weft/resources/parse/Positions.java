package dev.weft.resources.parse;

import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.FieldPath;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.yaml.YamlNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of one object stand in its file, so that what is found out later (a subset that no rule defines) names the line, too.
 *
 * @param root the object's tree, with field names in camel case
 */
@Immutable
public record Positions(String file, YamlNode.Mapping root) {
    /** The place of a field; of what holds it, where the field itself is not written. */
    public SourceLocation locate(FieldPath path) {
        YamlNode at = root;
        YamlNode place = root;
        for (FieldPath.Step step : path.steps()) {
            YamlNode.Entry entry = entry(at, step);
            if (entry == null) {
                break;
            }
            place = entry.key();
            at = entry.value();
        }
        return new SourceLocation(file, place.line(), place.column());
    }

    /** Whether a field is written at all. */
    public boolean isSet(FieldPath path) {
        return find(path).isPresent();
    }

    Optional<YamlNode> find(FieldPath path) {
        YamlNode at = root;
        for (FieldPath.Step step : path.steps()) {
            YamlNode.Entry entry = entry(at, step);
            if (entry == null) {
                return Optional.empty();
            }
            at = entry.value();
        }
        return Optional.of(at);
    }

    private static YamlNode.@Nullable Entry entry(YamlNode node, FieldPath.Step step) {
        return switch (step) {
            case FieldPath.Step.Field(String name) ->
                node instanceof YamlNode.Mapping mapping ? mapping.entries().get(name) : null;
            case FieldPath.Step.Key(String key) ->
                node instanceof YamlNode.Mapping mapping ? mapping.entries().get(key) : null;
            case FieldPath.Step.Index(int index) -> item(node, index);
        };
    }

    private static YamlNode.@Nullable Entry item(YamlNode node, int index) {
        if (!(node instanceof YamlNode.Sequence sequence)
                || index >= sequence.items().size()) {
            return null;
        }
        YamlNode item = sequence.items().get(index);
        return new YamlNode.Entry(
                new YamlNode.Scalar("", YamlNode.ScalarType.STRING, item.line(), item.column()), item);
    }
}

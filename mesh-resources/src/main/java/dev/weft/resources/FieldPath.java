package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/** The path of a field in an object, as people read it: {@code spec.http[0].match[1].headers[x-user]}. */
@Immutable
public record FieldPath(ImmutableList<Step> steps) {
    public static final FieldPath ROOT = new FieldPath(ImmutableList.of());

    /** One step down. */
    @Immutable
    public sealed interface Step {
        /** To a field of a message, by its name in the API. */
        @Immutable
        record Field(String name) implements Step {}

        /** To an item of a list. */
        @Immutable
        record Index(int index) implements Step {}

        /** To a value of a map. */
        @Immutable
        record Key(String key) implements Step {}
    }

    public FieldPath field(String name) {
        return down(new Step.Field(name));
    }

    public FieldPath index(int index) {
        return down(new Step.Index(index));
    }

    public FieldPath key(String key) {
        return down(new Step.Key(key));
    }

    private FieldPath down(Step step) {
        return new FieldPath(ImmutableList.<Step>builderWithExpectedSize(steps.size() + 1)
                .addAll(steps)
                .add(step)
                .build());
    }

    public boolean startsWith(FieldPath other) {
        return steps.size() >= other.steps.size()
                && steps.subList(0, other.steps.size()).equals(other.steps);
    }

    /** The first steps of this path. */
    public FieldPath head(int size) {
        return size >= steps.size() ? this : new FieldPath(steps.subList(0, size));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            switch (step) {
                case Step.Field(String name) ->
                    text.append(text.isEmpty() ? "" : ".").append(name);
                case Step.Index(int index) -> text.append('[').append(index).append(']');
                case Step.Key(String key) -> text.append('[').append(key).append(']');
            }
        }
        return text.toString();
    }
}

package dev.weft.model;

import com.google.errorprone.annotations.Immutable;
import java.util.OptionalInt;

/**
 * The resource of the user that a part of the model came from. It travels through xDS as metadata so that a proxy, a log line
 * and an explanation name what people wrote. Never holds line numbers: a moved line is no change.
 *
 * @param kind the resource's kind, such as {@code VirtualService}
 * @param namespace its namespace
 * @param name its name
 * @param rule index of the rule inside the resource, -1 where the whole resource is meant
 */
@Immutable
public record Provenance(String kind, String namespace, String name, int rule) {
    public static final int WHOLE = -1;

    public static Provenance of(String kind, String namespace, String name) {
        return new Provenance(kind, namespace, name, WHOLE);
    }

    public Provenance rule(int index) {
        return new Provenance(kind, namespace, name, index);
    }

    public OptionalInt ruleIndex() {
        return rule == WHOLE ? OptionalInt.empty() : OptionalInt.of(rule);
    }

    /** The form people read: {@code VirtualService shop/reviews rule 2}. */
    @Override
    public String toString() {
        String whole = kind + " " + namespace + "/" + name;
        return rule == WHOLE ? whole : whole + " rule " + rule;
    }
}

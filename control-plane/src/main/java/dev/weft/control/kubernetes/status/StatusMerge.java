package dev.weft.control.kubernetes.status;

import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.StatusCondition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a status becomes when ours is written into it: what others keep there stays, and the time of a condition moves only with its state.
 * Pure: trees of maps and lists in, a new tree out.
 */
final class StatusMerge {

    private static final String CONDITIONS = "conditions";
    private static final String PARENTS = "parents";
    private static final String LISTENERS = "listeners";
    private static final String OBSERVED = "observedGeneration";
    private static final String CONTROLLER = "controllerName";
    private static final String PARENT_REF = "parentRef";
    private static final String CHANGED_AT = "lastTransitionTime";

    private final String controller;
    private final Instant now;
    private final long generation;

    /**
     * @param controller the name under which entries of routes are ours
     * @param generation of the object that was looked at
     */
    StatusMerge(String controller, Instant now, long generation) {
        this.controller = controller;
        this.now = now;
        this.generation = generation;
    }

    Map<String, Object> merge(Map<String, Object> before, ObjectStatus status) {
        Map<String, Object> after = new LinkedHashMap<>(before);
        switch (status) {
            case ObjectStatus.Conditions it ->
                after.put(CONDITIONS, conditions(before.get(CONDITIONS), it.conditions()));
            case ObjectStatus.Validated it -> {
                after.put(OBSERVED, generation);
                after.put(CONDITIONS, conditions(before.get(CONDITIONS), it.conditions()));
                if (it.validations().isEmpty()) {
                    after.remove("validationMessages");
                } else {
                    after.put(
                            "validationMessages",
                            it.validations().stream()
                                    .map(StatusMerge::validation)
                                    .toList());
                }
            }
            case ObjectStatus.Route it -> after.put(PARENTS, parents(before.get(PARENTS), it.parents()));
            case ObjectStatus.Gateway it -> {
                after.put(CONDITIONS, conditions(before.get(CONDITIONS), it.conditions()));
                after.put(LISTENERS, listeners(before.get(LISTENERS), it.listeners()));
                after.put(
                        "addresses",
                        it.addresses().stream()
                                .map(address -> tree("type", address.type(), "value", address.value()))
                                .toList());
            }
        }
        return after;
    }

    private List<Object> conditions(@Nullable Object before, List<StatusCondition> wanted) {
        List<Object> after = new ArrayList<>();
        for (StatusCondition condition : wanted) {
            Map<String, Object> tree = new LinkedHashMap<>();
            Map<String, Object> old = find(before, "type", condition.type());
            boolean same = condition.state().text().equals(old.get("status"));
            tree.put("type", condition.type());
            tree.put("status", condition.state().text());
            tree.put(OBSERVED, generation);
            tree.put(
                    CHANGED_AT,
                    same && old.get(CHANGED_AT) instanceof String time
                            ? time
                            : now.truncatedTo(ChronoUnit.SECONDS).toString());
            tree.put("reason", condition.reason());
            tree.put("message", condition.message());
            after.add(tree);
        }
        for (Object old : list(before)) {
            Map<String, Object> condition = map(old);
            if (wanted.stream().noneMatch(ours -> ours.type().equals(condition.get("type")))) {
                after.add(old);
            }
        }
        return after;
    }

    private static Map<String, Object> validation(ObjectStatus.Validation finding) {
        return tree("level", finding.level(), "type", tree("name", finding.name(), "code", finding.code()));
    }

    private List<Object> parents(@Nullable Object before, List<ObjectStatus.Parent> wanted) {
        List<Object> after = new ArrayList<>();
        for (Object old : list(before)) {
            if (!controller.equals(map(old).get(CONTROLLER))) {
                after.add(old);
            }
        }
        for (ObjectStatus.Parent parent : wanted) {
            Map<String, Object> ref = ref(parent.ref());
            Object old = list(before).stream()
                    .filter(entry -> controller.equals(map(entry).get(CONTROLLER))
                            && sameNumbers(ref, map(map(entry).get(PARENT_REF))))
                    .findFirst()
                    .orElse(Map.of());
            Map<String, Object> entry = tree(PARENT_REF, ref, CONTROLLER, controller);
            entry.put(CONDITIONS, conditions(map(old).get(CONDITIONS), parent.conditions()));
            after.add(entry);
        }
        return after;
    }

    private static boolean sameNumbers(Map<String, Object> ours, Map<String, Object> theirs) {
        return ours.keySet().equals(theirs.keySet())
                && ours.entrySet().stream()
                        .allMatch(entry ->
                                String.valueOf(entry.getValue()).equals(String.valueOf(theirs.get(entry.getKey()))));
    }

    private static Map<String, Object> ref(ObjectStatus.ParentRef ref) {
        Map<String, Object> tree = new LinkedHashMap<>();
        ref.group().ifPresent(group -> tree.put("group", group));
        ref.kind().ifPresent(kind -> tree.put("kind", kind));
        ref.namespace().ifPresent(namespace -> tree.put("namespace", namespace));
        tree.put("name", ref.name());
        ref.sectionName().ifPresent(section -> tree.put("sectionName", section));
        ref.port().ifPresent(port -> tree.put("port", port));
        return tree;
    }

    private List<Object> listeners(@Nullable Object before, List<ObjectStatus.Listener> wanted) {
        List<Object> after = new ArrayList<>();
        for (ObjectStatus.Listener listener : wanted) {
            Map<String, Object> tree = tree("name", listener.name());
            tree.put(
                    "supportedKinds",
                    listener.supportedKinds().stream()
                            .map(kind -> tree("group", kind.group(), "kind", kind.kind()))
                            .toList());
            tree.put("attachedRoutes", listener.attachedRoutes());
            tree.put(
                    CONDITIONS,
                    conditions(find(before, "name", listener.name()).get(CONDITIONS), listener.conditions()));
            after.add(tree);
        }
        return after;
    }

    private static Map<String, Object> find(@Nullable Object entries, String key, String value) {
        return list(entries).stream()
                .map(StatusMerge::map)
                .filter(entry -> Objects.equals(value, entry.get(key)))
                .findFirst()
                .orElse(Map.of());
    }

    private static List<Object> list(@Nullable Object value) {
        return value instanceof List<?> list ? new ArrayList<>(list) : List.of();
    }

    static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> copy.put(String.valueOf(key), entry));
        }
        return copy;
    }

    private static Map<String, Object> tree(Object... keysAndValues) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tree.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return tree;
    }
}

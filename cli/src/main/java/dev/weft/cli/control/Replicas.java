package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All replicas of one control plane. Each knows only the proxies that are connected to it, so that a question goes to all of them and the answers are put
 * together. {@link MeshAccess} makes it; confined to the thread of one command.
 */
public final class Replicas {
    private final ImmutableList<Replica> all;
    private final Map<String, ControlPlane> reached = new HashMap<>();

    /**
     * One of them.
     *
     * @param access makes the way to it when it is first asked; may fail
     */
    public record Replica(String name, Supplier<ControlPlane> access) {}

    /**
     * What they said.
     *
     * @param silent those that gave no answer, each with the reason: what they know is missing
     */
    public record Answer(JsonNode tree, ImmutableList<String> silent) {
        public boolean whole() {
            return silent.isEmpty();
        }
    }

    /** @param all at least one */
    public Replicas(ImmutableList<Replica> all) {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("all: expected at least one replica, found none");
        }
        this.all = all;
    }

    public static Replicas of(ControlPlane one) {
        return new Replicas(ImmutableList.of(new Replica(one.server().toString(), () -> one)));
    }

    /** Proxies with their state, and the problems of resources. */
    public Answer status() {
        return ask(ControlPlane::status, StatusMerge::of);
    }

    /** Traffic of the last {@code window}, one item for each edge. */
    public Answer stat(Duration window) {
        return ask(control -> control.stat(window), EdgeMerge::of);
    }

    /** @throws Failure of the first one where none answers */
    private Answer ask(Function<ControlPlane, JsonNode> question, Function<List<JsonNode>, JsonNode> merge) {
        List<JsonNode> answers = new ArrayList<>();
        ImmutableList.Builder<String> silent = ImmutableList.builder();
        List<Failure> failures = new ArrayList<>();
        for (Replica replica : all) {
            try {
                ControlPlane control = reached.computeIfAbsent(
                        replica.name(), name -> replica.access().get());
                answers.add(question.apply(control));
            } catch (Failure e) {
                reached.remove(replica.name());
                failures.add(e);
                silent.add(replica.name() + ": " + e.getMessage());
            }
        }
        if (answers.isEmpty()) {
            throw failures.getFirst();
        }
        return new Answer(merge.apply(answers), silent.build());
    }
}

package dev.weft.resources.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.resources.FieldPath;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.store.FileState.Claim;
import dev.weft.resources.store.FileState.Held;
import dev.weft.resources.store.StoredResource.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One step from store to store. Confined to the thread that takes it. First each changed file is settled against its own past, then the files are joined:
 * an object goes to the file that had it, else to the first by name.
 */
final class StoreTransition {
    private final ResourceStore before;
    private final TreeMap<String, FileState> files;
    private final Set<ResourceKey> written = new HashSet<>();

    StoreTransition(ResourceStore before) {
        this.before = before;
        this.files = new TreeMap<>(before.fileStates());
    }

    ResourceStore run(Collection<ParsedFile> changed, ImmutableSet<String> deleted) {
        deleted.forEach(files::remove);
        // Files that go on as they are and objects that are valid now say where an object lives; only then can be told
        // whether a bad version has a
        // past of its own, or is a second copy of what another file holds.
        Set<String> changing = new HashSet<>();
        changed.forEach(file -> changing.add(file.file()));
        files.values().stream()
                .filter(state -> !changing.contains(state.file()))
                .forEach(this::noteWritten);
        changed.forEach(this::noteWritten);
        changed.forEach(file -> files.put(file.file(), settle(file)));
        return join();
    }

    private void noteWritten(FileState state) {
        state.held().stream()
                .filter(held -> held.claim() == Claim.WRITTEN)
                .forEach(held -> written.add(held.resource().key()));
    }

    private void noteWritten(ParsedFile file) {
        for (Parsed parsed : file.objects()) {
            switch (parsed) {
                case Parsed.Valid valid -> written.add(valid.resource().key());
                case Parsed.FailedClosed failed -> written.add(failed.resource().key());
                case Parsed.Refused ignored -> {}
                case Parsed.Skipped ignored -> {}
            }
        }
    }

    /** Decides for each object of a file which version is held. */
    private FileState settle(ParsedFile file) {
        List<Held> held = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Set<ResourceKey> spokenOf = new HashSet<>();
        for (Parsed parsed : file.objects()) {
            switch (parsed) {
                case Parsed.Valid(var resource, var positions, var found) -> {
                    held.add(new Held(resource, positions, Standing.CURRENT, Claim.WRITTEN));
                    spokenOf.add(resource.key());
                    problems.addAll(found);
                }
                case Parsed.FailedClosed(var resource, var positions, var found) -> {
                    held.add(new Held(resource, positions, Standing.RESTRICTED, Claim.WRITTEN));
                    spokenOf.add(resource.key());
                    problems.addAll(found);
                }
                case Parsed.Skipped(var found) -> problems.addAll(found);
                case Parsed.Refused refused
                when refused.key().isPresent() -> {
                    Optional<Held> kept =
                            settle(file.file(), refused, refused.key().get());
                    kept.ifPresent(held::add);
                    spokenOf.add(refused.key().get());
                    problems.addAll(withEffect(refused.problems(), kept));
                }
                case Parsed.Refused refused -> {
                    boolean anything = !pastOf(file.file()).isEmpty();
                    refused.problems()
                            .forEach(problem ->
                                    problems.add(anything ? problem.withEffect(Effect.LAST_VALID_KEPT) : problem));
                }
            }
        }
        if (file.extent() == ParsedFile.Extent.PARTIAL) {
            for (Held past : pastOf(file.file())) {
                if (spokenOf.add(past.resource().key())) {
                    held.add(new Held(past.resource(), past.positions(), Standing.LAST_VALID, Claim.REMEMBERED));
                }
            }
        }
        return new FileState(file.file(), ImmutableList.copyOf(held), ImmutableList.copyOf(problems));
    }

    /** What stays in force for an object whose new version is refused. */
    private Optional<Held> settle(String file, Parsed.Refused refused, ResourceKey key) {
        Optional<Held> own = Optional.ofNullable(before.fileStates().get(file)).flatMap(state -> state.find(key));
        Optional<Held> past = own.or(() -> written.contains(key) ? Optional.empty() : moved(key));
        Optional<Held> valid = past.filter(held -> held.standing() != Standing.STRICTEST)
                .map(held -> new Held(held.resource(), held.positions(), Standing.LAST_VALID, Claim.WRITTEN));
        return valid.or(() -> refused.substitute()
                .map(substitute -> new Held(substitute, refused.positions(), Standing.STRICTEST, Claim.WRITTEN)));
    }

    /** The version that another file held until now. */
    private Optional<Held> moved(ResourceKey key) {
        return before.owner(key).map(before.fileStates()::get).flatMap(state -> state.find(key));
    }

    private static List<Problem> withEffect(ImmutableList<Problem> problems, Optional<Held> kept) {
        Effect effect = kept.map(
                        held -> held.standing() == Standing.LAST_VALID ? Effect.LAST_VALID_KEPT : Effect.FAILED_CLOSED)
                .orElse(Effect.REFUSED);
        return problems.stream()
                .map(problem -> problem.severity() == Severity.ERROR ? problem.withEffect(effect) : problem)
                .toList();
    }

    private ImmutableList<Held> pastOf(String file) {
        FileState past = before.fileStates().get(file);
        return past == null ? ImmutableList.of() : past.held();
    }

    private ResourceStore join() {
        Map<ResourceKey, Candidate> winners = new LinkedHashMap<>();
        for (FileState state : files.values()) {
            for (int i = 0; i < state.held().size(); i++) {
                Held held = state.held().get(i);
                winners.merge(held.resource().key(), new Candidate(state.file(), i, held), this::better);
            }
        }
        List<Problem> problems = new ArrayList<>();
        ImmutableSortedMap.Builder<String, FileState> kept = ImmutableSortedMap.naturalOrder();
        for (FileState state : files.values()) {
            problems.addAll(state.problems());
            kept.put(state.file(), withoutTakenOver(state, winners, problems));
        }
        ImmutableMap.Builder<ResourceKey, StoredResource> resources = ImmutableMap.builder();
        ImmutableMap.Builder<ResourceKey, String> owners = ImmutableMap.builder();
        long next = before.nextOrder();
        for (Map.Entry<ResourceKey, Candidate> winner : winners.entrySet()) {
            Held held = winner.getValue().held();
            Optional<StoredResource> known = before.find(winner.getKey());
            long order = known.isPresent() ? known.get().order() : next++;
            resources.put(
                    winner.getKey(), new StoredResource(held.resource(), held.positions(), held.standing(), order));
            owners.put(winner.getKey(), winner.getValue().file());
        }
        return new ResourceStore(
                kept.buildOrThrow(),
                resources.buildOrThrow(),
                owners.buildOrThrow(),
                ImmutableList.sortedCopyOf(Problem.ORDER, problems),
                next);
    }

    /** Reports what a file holds in vain, and forgets what it only remembered once somebody else has it. */
    private static FileState withoutTakenOver(
            FileState state, Map<ResourceKey, Candidate> winners, List<Problem> problems) {
        ImmutableList.Builder<Held> kept = ImmutableList.builder();
        for (int i = 0; i < state.held().size(); i++) {
            Held held = state.held().get(i);
            Candidate winner =
                    Objects.requireNonNull(winners.get(held.resource().key()));
            boolean wins = winner.is(state.file(), i);
            if (wins || held.claim() == Claim.WRITTEN) {
                kept.add(held);
            }
            if (!wins && held.claim() == Claim.WRITTEN) {
                problems.add(duplicate(state.file(), held, winner));
            }
        }
        return new FileState(state.file(), kept.build(), state.problems());
    }

    private Candidate better(Candidate first, Candidate second) {
        if (first.held().claim() != second.held().claim()) {
            return first.held().claim() == Claim.WRITTEN ? first : second;
        }
        boolean secondOwned = before.owner(second.held().resource().key())
                .filter(owner -> owner.equals(second.file()) && !owner.equals(first.file()))
                .isPresent();
        return secondOwned ? second : first;
    }

    private static Problem duplicate(String file, Held held, Candidate winner) {
        Resource resource = held.resource();
        SourceLocation here = held.positions().locate(FieldPath.ROOT);
        SourceLocation there = winner.held().positions().locate(FieldPath.ROOT);
        return new Problem(
                Severity.ERROR,
                ProblemCode.DUPLICATE,
                resource.key().toString(),
                new SourceLocation(file, here.line(), here.column()),
                "",
                resource.key() + " is written twice, first in " + new SourceLocation(there.file(), there.line(), 0),
                Effect.FIRST_KEPT);
    }

    /** An object of a file, by its place there. */
    private record Candidate(String file, int index, Held held) {
        boolean is(String otherFile, int otherIndex) {
            return file.equals(otherFile) && index == otherIndex;
        }
    }
}

package dev.weft.control;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.source.SourceState;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.analyze.ReferenceCheck;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.parse.Positions;
import dev.weft.resources.store.ResourceStore;
import dev.weft.resources.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What of an object that somebody is about to store leads nowhere, given all that is in force: what {@code kubectl} prints as a warning. Safe
 * for many threads.
 */
final class ReferenceWarnings implements Function<ParsedFile, ImmutableList<Problem>> {

    private static final String DOMAIN_SUFFIX = "cluster.local";

    /** Objects that are in force already are not asked for their places. */
    private static final Positions NOWHERE = new Positions("", new YamlNode.Mapping(ImmutableMap.of(), 0, 0));

    private volatile Known known = new Known(ResourceStore.EMPTY, ImmutableList.of());
    private volatile SourceState newest = SourceState.EMPTY;
    private volatile SourceState taken = SourceState.EMPTY;

    private record Known(ResourceStore store, ImmutableList<KubernetesService> services) {}

    /** Remembered only; what is made of it waits until somebody asks. */
    void onState(SourceState state) {
        newest = state;
    }

    @Override
    public ImmutableList<Problem> apply(ParsedFile file) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        List<ParsedFile> changed = new ArrayList<>();
        for (Parsed parsed : file.objects()) {
            if (parsed instanceof Parsed.Valid valid) {
                names.add(valid.resource().key().toString());
                changed.add(alone(valid));
            }
        }
        ImmutableSet<String> asked = names.build();
        Known all = known();
        return ReferenceCheck.problems(all.store().apply(changed, List.of()), all.services(), DOMAIN_SUFFIX).stream()
                .filter(problem -> asked.contains(problem.resource()))
                .collect(ImmutableList.toImmutableList());
    }

    private synchronized Known known() {
        SourceState state = newest;
        if (state.equals(taken)) {
            return known;
        }
        List<ParsedFile> files = new ArrayList<>();
        ImmutableList.Builder<KubernetesService> services = ImmutableList.builder();
        for (Resource resource : state.resources()) {
            if (resource instanceof KubernetesService service) {
                services.add(service);
            } else if (!resource.meta().kind().group().isEmpty()) {
                files.add(new ParsedFile(
                        resource.key().toString(),
                        ImmutableList.of(new Parsed.Valid(resource, NOWHERE, ImmutableList.of())),
                        ParsedFile.Extent.WHOLE));
            }
        }
        known = new Known(ResourceStore.EMPTY.replaceAll(files), services.build());
        taken = state;
        return known;
    }

    /** Under the name that the version in force has, so that it takes its place. */
    private static ParsedFile alone(Parsed.Valid valid) {
        return new ParsedFile(valid.resource().key().toString(), ImmutableList.of(valid), ParsedFile.Extent.WHOLE);
    }
}

package dev.weft.control.webhook;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.analyze.ReferenceCheck;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.store.ResourceStore;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What of one valid object would lead nowhere among all that is in force now, by the same check that the control plane runs on the whole. {@link ValidateHandler} asks
 * it. Thread safe.
 */
public final class ReferenceWarnings implements Function<ParsedFile, ImmutableList<Problem>> {
    private static final String IN_FORCE = "(in force)";
    /** How the check begins what it says of a Secret that is not there. */
    private static final String NO_SECRET = "there is no Secret ";

    private final Supplier<? extends Collection<Resource>> inForce;
    private final String domainSuffix;

    /**
     * @param inForce all resources of this moment
     * @param domainSuffix of the services' names, usually {@code cluster.local}
     */
    public ReferenceWarnings(Supplier<? extends Collection<Resource>> inForce, String domainSuffix) {
        this.inForce = inForce;
        this.domainSuffix = domainSuffix;
    }

    @Override
    public ImmutableList<Problem> apply(ParsedFile file) {
        return file.objects().stream()
                .filter(Parsed.Valid.class::isInstance)
                .map(Parsed.Valid.class::cast)
                .flatMap(valid -> problems(file, valid).stream())
                .collect(ImmutableList.toImmutableList());
    }

    private ImmutableList<Problem> problems(ParsedFile file, Parsed.Valid candidate) {
        ResourceKey key = candidate.resource().key();
        // Their places are nobody's business here: only the candidate's problems are told.
        ImmutableList<Parsed> others = inForce.get().stream()
                .filter(resource -> !resource.key().kind().isPlatform())
                .filter(resource -> !resource.key().equals(key))
                .map(resource -> new Parsed.Valid(resource, candidate.positions(), ImmutableList.of()))
                .collect(ImmutableList.toImmutableList());
        ResourceStore store = ResourceStore.EMPTY.apply(
                List.of(file, new ParsedFile(IN_FORCE, others, ParsedFile.Extent.WHOLE)), List.of());
        return ReferenceCheck.problems(store, domainSuffix).stream()
                .filter(problem -> problem.resource().equals(key.toString()))
                // A Secret is read from when something in force names it; so that the first to name it cannot know.
                .filter(problem -> !problem.message().startsWith(NO_SECRET))
                .collect(ImmutableList.toImmutableList());
    }
}

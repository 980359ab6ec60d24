package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.HeaderEdits;
import dev.weft.resources.HttpAction;
import dev.weft.resources.HttpRoute;
import dev.weft.resources.HttpRoute.Match;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.StringMatch;
import dev.weft.resources.VirtualService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the rules of delegates in the place of the rules that hand over to them. One level only; a delegate's condition must
 * refine the root's, pairs that contradict are left out; what the delegate does not say it inherits (Istio, "Delegate").
 */
final class Delegation {
    private Delegation() {}

    /**
     * A rule and the object that it stands in.
     *
     * @param index of the rule in that object
     */
    record Rule(VirtualService owner, int index, HttpRoute route) {}

    static ImmutableList<Rule> resolve(VirtualService root, ImmutableMap<ResourceKey, VirtualService> delegates) {
        ImmutableList.Builder<Rule> rules = ImmutableList.builder();
        for (int i = 0; i < root.http().size(); i++) {
            HttpRoute route = root.http().get(i);
            if (route.action() instanceof HttpAction.Delegate(String name, Optional<String> namespace)) {
                VirtualService delegate = delegates.get(new ResourceKey(
                        ResourceKind.VIRTUAL_SERVICE,
                        namespace.orElse(root.meta().namespace()),
                        name));
                if (delegate != null) {
                    rules.addAll(merge(route, delegate));
                }
            } else {
                rules.add(new Rule(root, i, route));
            }
        }
        return rules.build();
    }

    private static List<Rule> merge(HttpRoute root, VirtualService delegate) {
        List<Rule> merged = new ArrayList<>();
        for (int i = 0; i < delegate.http().size(); i++) {
            HttpRoute inner = delegate.http().get(i);
            Optional<ImmutableList<Match>> match = refine(root.match(), inner.match());
            if (match.isPresent() && !(inner.action() instanceof HttpAction.Delegate)) {
                merged.add(new Rule(delegate, i, inherit(root, inner, match.get())));
            }
        }
        return merged;
    }

    private static HttpRoute inherit(HttpRoute root, HttpRoute inner, ImmutableList<Match> match) {
        Optional<String> name = root.name().isPresent() && inner.name().isPresent()
                ? Optional.of(root.name().get() + "-" + inner.name().get())
                : inner.name().or(root::name);
        return new HttpRoute(
                name,
                match,
                inner.action(),
                inner.rewrite().or(root::rewrite),
                inner.timeout().or(root::timeout),
                inner.retries().or(root::retries),
                inner.fault().or(root::fault),
                inner.mirrors().isEmpty() ? root.mirrors() : inner.mirrors(),
                inner.cors().or(root::cors),
                new HeaderEdits(
                        edits(root.headers().request(), inner.headers().request()),
                        edits(root.headers().response(), inner.headers().response())));
    }

    private static HeaderEdits.Operations edits(HeaderEdits.Operations root, HeaderEdits.Operations inner) {
        return new HeaderEdits.Operations(
                both(root.set(), inner.set()),
                both(root.add(), inner.add()),
                ImmutableList.<String>builder()
                        .addAll(root.remove())
                        .addAll(inner.remove())
                        .build());
    }

    private static ImmutableMap<String, String> both(Map<String, String> root, Map<String, String> inner) {
        return ImmutableMap.<String, String>builder().putAll(root).putAll(inner).buildKeepingLast();
    }

    /** Empty where no pair of blocks goes together. */
    private static Optional<ImmutableList<Match>> refine(ImmutableList<Match> root, ImmutableList<Match> inner) {
        if (root.isEmpty() || inner.isEmpty()) {
            return Optional.of(root.isEmpty() ? inner : root);
        }
        ImmutableList.Builder<Match> pairs = ImmutableList.builder();
        for (Match outer : root) {
            for (Match narrow : inner) {
                pair(outer, narrow).ifPresent(pairs::add);
            }
        }
        ImmutableList<Match> found = pairs.build();
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    private static Optional<Match> pair(Match root, Match inner) {
        boolean fits = narrower(root.uri(), inner.uri())
                && narrower(root.scheme(), inner.scheme())
                && narrower(root.method(), inner.method())
                && narrower(root.authority(), inner.authority())
                && narrower(root.headers(), inner.headers())
                && narrower(root.withoutHeaders(), inner.withoutHeaders())
                && narrower(root.queryParams(), inner.queryParams())
                && (root.port().isEmpty()
                        || inner.port().isEmpty()
                        || root.port().equals(inner.port()))
                && (root.sourceNamespace().isEmpty()
                        || inner.sourceNamespace().isEmpty()
                        || root.sourceNamespace().equals(inner.sourceNamespace()));
        if (!fits) {
            return Optional.empty();
        }
        return Optional.of(new Match(
                inner.name().or(root::name),
                inner.uri().or(root::uri),
                root.ignoreUriCase() || inner.ignoreUriCase(),
                inner.scheme().or(root::scheme),
                inner.method().or(root::method),
                inner.authority().or(root::authority),
                union(root.headers(), inner.headers()),
                union(root.withoutHeaders(), inner.withoutHeaders()),
                union(root.queryParams(), inner.queryParams()),
                inner.port().isPresent() ? inner.port() : root.port(),
                both(root.sourceLabels(), inner.sourceLabels()),
                inner.sourceNamespace().or(root::sourceNamespace),
                inner.gateways().isEmpty() ? root.gateways() : inner.gateways(),
                inner.statPrefix().or(root::statPrefix)));
    }

    private static boolean narrower(Optional<StringMatch> root, Optional<StringMatch> inner) {
        return root.isEmpty() || inner.isEmpty() || narrower(root.get(), inner.get());
    }

    private static boolean narrower(Map<String, StringMatch> root, Map<String, StringMatch> inner) {
        return root.entrySet().stream()
                .allMatch(e -> !inner.containsKey(e.getKey()) || narrower(e.getValue(), inner.get(e.getKey())));
    }

    /** Regular expressions on either side cannot be compared and count as a contradiction, unless they are equal. */
    private static boolean narrower(StringMatch root, StringMatch inner) {
        return switch (root) {
            case StringMatch.Present ignored -> true;
            case StringMatch.Exact(String value) ->
                inner instanceof StringMatch.Exact(String other) && value.equals(other);
            case StringMatch.Prefix(String prefix) ->
                switch (inner) {
                    case StringMatch.Exact(String value) -> value.startsWith(prefix);
                    case StringMatch.Prefix(String value) -> value.startsWith(prefix);
                    case StringMatch.Regex ignored -> false;
                    case StringMatch.Present ignored -> false;
                };
            case StringMatch.Regex regex -> regex.equals(inner);
        };
    }

    private static ImmutableMap<String, StringMatch> union(
            Map<String, StringMatch> root, Map<String, StringMatch> inner) {
        Map<String, StringMatch> all = new LinkedHashMap<>(root);
        all.putAll(inner);
        return ImmutableMap.copyOf(all);
    }
}

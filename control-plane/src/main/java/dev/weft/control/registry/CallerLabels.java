package dev.weft.control.registry;

import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.ProxyView.EgressScope;
import dev.weft.resources.VirtualService;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** By which labels ({@code sourceLabels}) rules tell the workloads apart that send. Pure. */
final class CallerLabels {

    private CallerLabels() {}

    static ImmutableSet<String> of(List<EgressScope> scopes, Collection<VirtualService> delegates) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        Stream.concat(scopes.stream().flatMap(scope -> scope.virtualServices().stream()), delegates.stream())
                .distinct()
                .forEach(rules -> {
                    rules.http()
                            .forEach(route -> route.match()
                                    .forEach(match ->
                                            names.addAll(match.sourceLabels().keySet())));
                    rules.tls()
                            .forEach(route -> route.match()
                                    .forEach(match ->
                                            names.addAll(match.sourceLabels().keySet())));
                    rules.tcp()
                            .forEach(route -> route.match()
                                    .forEach(match ->
                                            names.addAll(match.sourceLabels().keySet())));
                });
        return names.build();
    }
}

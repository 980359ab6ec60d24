package dev.weft.injector;

import dev.weft.injector.render.Owner;
import dev.weft.injector.select.NamespaceLabels;
import dev.weft.injector.tree.PodTree;

/**
 * One pod that may get a proxy.
 *
 * @param pod never changed
 * @param namespace where it will live, which the pod itself need not say
 */
public record PodRequest(PodTree pod, String namespace, NamespaceLabels namespaceLabels, Owner owner) {}

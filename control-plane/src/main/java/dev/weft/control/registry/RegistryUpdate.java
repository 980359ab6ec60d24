package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Problem;

/**
 * A new state of the mesh.
 *
 * @param problems what is wrong with the resources it was made of
 * @param change what kind of resources differ from the state before
 * @param since when the first of the changes came, in nanoseconds of the process clock
 */
public record RegistryUpdate(
        RegistrySnapshot snapshot, ImmutableList<Problem> problems, Debouncer.Change change, long since) {}

package dev.weft.control.kubernetes;

import dev.weft.resources.ResourceKey;
import dev.weft.resources.parse.ParsedFile;
import java.util.Optional;

/** What an informer's thread tells the source's thread. */
sealed interface ClusterEvent {

    /** An object that was made or changed. */
    record Written(KindInformer informer, ResourceKey key, ParsedFile parsed) implements ClusterEvent {}

    /** An object that is gone. */
    record Deleted(KindInformer informer, ResourceKey key) implements ClusterEvent {}

    /** An informer has told of everything that there was when it began. */
    record Synced(KindInformer informer) implements ClusterEvent {}

    /** A definition of a custom kind, as it is now; without a kind where it serves none that is read. */
    record Defined(String definition, Optional<WatchedKind> kind) implements ClusterEvent {}

    /** All definitions that there were at the beginning have been told of. */
    record DefinitionsSynced() implements ClusterEvent {}

    /** The text of the mesh configuration has changed. */
    record MeshConfigured(ParsedFile parsed) implements ClusterEvent {}

    /** There is no mesh configuration any more. */
    record MeshUnconfigured() implements ClusterEvent {}

    /** The mesh configuration, or that there is none, has been told of. */
    record MeshConfigSynced() implements ClusterEvent {}
}

package dev.weft.injector;

import com.google.common.collect.ImmutableList;
import dev.weft.injector.select.Decision.SkipReason;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import java.util.stream.Collectors;

/** What became of one pod. */
public sealed interface Injection {
    /** It has a proxy now. */
    record Injected(PodTree pod, ImmutableList<Note> warnings) implements Injection {}

    /** It stays as it is. */
    record NotInjected(SkipReason reason, String text) implements Injection {}

    /** It must not start: with a proxy it would not do what its author believes, and without one neither. */
    record Refused(ImmutableList<Note> notes) implements Injection {
        /** One line for people. */
        public String text() {
            return "the pod is not injected: "
                    + notes.stream().filter(Note::isRefusal).map(Note::text).collect(Collectors.joining("; "));
        }
    }
}

package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.HeaderMutations.Append;
import dev.weft.model.route.HeaderMutations.HeaderEdit;
import dev.weft.resources.HeaderEdits;
import java.util.Map;
import java.util.Optional;

/** Header edits of rules and destinations. Setting the host is a rewrite of the host and stands apart. */
final class HeaderTranslator {
    private HeaderTranslator() {}

    static HeaderMutations translate(HeaderEdits edits) {
        return edits.isEmpty()
                ? HeaderMutations.NONE
                : new HeaderMutations(
                        add(edits.request()),
                        edits.request().remove(),
                        add(edits.response()),
                        edits.response().remove());
    }

    /** The host that {@code headers.request.set} asks for. */
    static Optional<String> host(HeaderEdits edits) {
        for (Map.Entry<String, String> set : edits.request().set().entrySet()) {
            if (isHost(set.getKey())) {
                return Optional.of(set.getValue());
            }
        }
        return Optional.empty();
    }

    private static ImmutableList<HeaderEdit> add(HeaderEdits.Operations operations) {
        ImmutableList.Builder<HeaderEdit> edits = ImmutableList.builder();
        operations.set().forEach((name, value) -> {
            if (!isHost(name)) {
                edits.add(new HeaderEdit(name, value, Append.OVERWRITE_IF_EXISTS_OR_ADD));
            }
        });
        operations
                .add()
                .forEach((name, value) -> edits.add(new HeaderEdit(name, value, Append.APPEND_IF_EXISTS_OR_ADD)));
        return edits.build();
    }

    private static boolean isHost(String name) {
        return name.equalsIgnoreCase("host") || name.equals(":authority");
    }
}

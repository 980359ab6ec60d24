package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * Header edits of one level. Inside a level removals run first, then additions. The order of levels is weighted cluster, route,
 * virtual host, as in Envoy.
 */
@Immutable
public record HeaderMutations(
        ImmutableList<HeaderEdit> requestAdd,
        ImmutableList<String> requestRemove,
        ImmutableList<HeaderEdit> responseAdd,
        ImmutableList<String> responseRemove) {
    public static final HeaderMutations NONE =
            new HeaderMutations(ImmutableList.of(), ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

    public boolean isEmpty() {
        return requestAdd.isEmpty() && requestRemove.isEmpty() && responseAdd.isEmpty() && responseRemove.isEmpty();
    }

    /** A header to add; the value may hold access log operators such as {@code %REQ(x)%}. */
    @Immutable
    public record HeaderEdit(String name, String value, Append append) {}

    /** What to do where the header is there already ({@code HeaderValueOption.HeaderAppendAction}). */
    public enum Append {
        APPEND_IF_EXISTS_OR_ADD,
        ADD_IF_ABSENT,
        OVERWRITE_IF_EXISTS_OR_ADD,
        OVERWRITE_IF_EXISTS
    }
}

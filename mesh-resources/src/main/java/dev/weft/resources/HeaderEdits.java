package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/** What to do to the headers of a request and of its response. */
@Immutable
public record HeaderEdits(Operations request, Operations response) {
    public static final HeaderEdits NONE = new HeaderEdits(Operations.NONE, Operations.NONE);

    public boolean isEmpty() {
        return request.isEmpty() && response.isEmpty();
    }

    /** Done in the order remove, set, add. Names as written; values may hold {@code %OPERATORS%}. */
    @Immutable
    public record Operations(
            ImmutableMap<String, String> set, ImmutableMap<String, String> add, ImmutableList<String> remove) {
        public static final Operations NONE = new Operations(ImmutableMap.of(), ImmutableMap.of(), ImmutableList.of());

        public boolean isEmpty() {
            return set.isEmpty() && add.isEmpty() && remove.isEmpty();
        }
    }
}

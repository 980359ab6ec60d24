package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.HeaderMutations.Append;
import dev.weft.model.route.HeaderMutations.HeaderEdit;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The header edits of a route for one direction, compiled: weighted cluster, route, virtual host, in this order. Immutable, shared
 * by the loops.
 *
 * <p>Inside a level removals come first; then all values are computed, then overwriting edits are made, then added fields, so that
 * no value sees another edit of its level (as Envoy does it). Host and pseudo headers cannot be removed.
 */
final class HeaderEdits {
    static final HeaderEdits NONE = new HeaderEdits(List.of());

    private final Level[] levels;

    private HeaderEdits(List<Level> levels) {
        this.levels = levels.toArray(Level[]::new);
    }

    /** @throws IllegalArgumentException when a value has an unknown operator */
    static HeaderEdits ofRequest(List<HeaderMutations> mutations) {
        List<Level> levels = new ArrayList<>();
        for (HeaderMutations level : mutations) {
            add(levels, level.requestAdd(), level.requestRemove());
        }
        return levels.isEmpty() ? NONE : new HeaderEdits(levels);
    }

    /** @throws IllegalArgumentException when a value has an unknown operator */
    static HeaderEdits ofResponse(List<HeaderMutations> mutations) {
        List<Level> levels = new ArrayList<>();
        for (HeaderMutations level : mutations) {
            add(levels, level.responseAdd(), level.responseRemove());
        }
        return levels.isEmpty() ? NONE : new HeaderEdits(levels);
    }

    private static void add(List<Level> levels, ImmutableList<HeaderEdit> additions, ImmutableList<String> removals) {
        if (additions.isEmpty() && removals.isEmpty()) {
            return;
        }
        List<HeaderName> removed = new ArrayList<>();
        for (String name : removals) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.startsWith(":") && !lower.equals("host")) {
                removed.add(HeaderName.of(lower));
            }
        }
        List<Edit> edits = new ArrayList<>();
        for (HeaderEdit edit : additions) {
            String lower = edit.name().toLowerCase(Locale.ROOT);
            edits.add(new Edit(
                    HeaderName.of(lower.equals("host") ? ":authority" : lower),
                    lower.startsWith(":") || lower.equals("host"),
                    ValueTemplate.parse(edit.value()),
                    edit.append()));
        }
        levels.add(new Level(removed.toArray(HeaderName[]::new), edits.toArray(Edit[]::new)));
    }

    boolean isEmpty() {
        return levels.length == 0;
    }

    void applyToRequest(Exchange exchange) {
        for (Level level : levels) {
            level.apply(exchange, exchange.request().headers(), Direction.REQUEST);
        }
    }

    void applyToResponse(Exchange exchange) {
        for (Level level : levels) {
            level.apply(exchange, exchange.response().headers(), Direction.RESPONSE);
        }
    }

    private enum Direction {
        REQUEST,
        RESPONSE
    }

    private record Edit(HeaderName name, boolean pseudo, ValueTemplate value, Append append) {}

    private record Level(HeaderName[] removals, Edit[] edits, boolean constant) {
        Level(HeaderName[] removals, Edit[] edits) {
            this(removals, edits, allConstant(edits));
        }

        private static boolean allConstant(Edit[] edits) {
            for (Edit edit : edits) {
                if (edit.value().constant() == null) {
                    return false;
                }
            }
            return true;
        }

        void apply(Exchange exchange, Headers headers, Direction direction) {
            for (HeaderName name : removals) {
                headers.remove(name);
            }
            if (edits.length == 0) {
                return;
            }
            // Only values with operators need a place to stay between the two passes.
            String[] values = constant ? NO_VALUES : new String[edits.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = edits[i].value().value(exchange);
            }
            // What is absent is asked before anything of this level is written; nobody has more than 64 such edits.
            long absent = 0;
            for (int i = 0; i < edits.length; i++) {
                if (edits[i].append() == Append.ADD_IF_ABSENT && !isThere(exchange, headers, edits[i], direction)) {
                    absent |= 1L << i;
                }
            }
            for (int i = 0; i < edits.length; i++) {
                Edit edit = edits[i];
                boolean overwrites = edit.append() == Append.OVERWRITE_IF_EXISTS_OR_ADD
                        || edit.append() == Append.OVERWRITE_IF_EXISTS && isThere(exchange, headers, edit, direction);
                String value = overwrites ? valueOf(values, i) : "";
                if (!value.isEmpty()) {
                    if (edit.pseudo()) {
                        setPseudo(exchange, edit.name(), value, direction);
                    } else {
                        headers.set(edit.name(), value);
                    }
                }
            }
            for (int i = 0; i < edits.length; i++) {
                Edit edit = edits[i];
                boolean adds = edit.append() == Append.APPEND_IF_EXISTS_OR_ADD
                        || edit.append() == Append.ADD_IF_ABSENT && (absent & 1L << i) != 0;
                String value = adds ? valueOf(values, i) : "";
                if (!value.isEmpty()) {
                    if (edit.pseudo()) {
                        setPseudo(exchange, edit.name(), value, direction);
                    } else {
                        headers.add(edit.name(), value);
                    }
                }
            }
        }

        private String valueOf(String[] values, int i) {
            String constantValue = edits[i].value().constant();
            return constantValue == null ? values[i] : constantValue;
        }

        private static boolean isThere(Exchange exchange, Headers headers, Edit edit, Direction direction) {
            if (!edit.pseudo()) {
                return headers.contains(edit.name());
            }
            return direction == Direction.REQUEST
                    && (!edit.name().text().equals(":authority")
                            || exchange.request().hasAuthority());
        }

        private static void setPseudo(Exchange exchange, HeaderName name, String value, Direction direction) {
            if (direction == Direction.RESPONSE) {
                return;
            }
            switch (name.text()) {
                case ":authority" -> exchange.request().authority(value);
                case ":path" -> exchange.request().path(value);
                case ":method" -> exchange.request().method(value);
                default -> {
                    // the scheme follows the transport; nothing else exists
                }
            }
        }
    }

    private static final String[] NO_VALUES = {};
}

package dev.weft.control.api;

import com.google.errorprone.annotations.Immutable;

/** What a path answers. */
@Immutable
sealed interface Answer {

    /** A record, written as JSON. */
    @Immutable
    @SuppressWarnings("Immutable") // records of this API
    record Json(Object body) implements Answer {}

    record Text(int status, String contentType, String body) implements Answer {}

    static Answer notFound(String message) {
        return new Text(404, "text/plain; charset=utf-8", message + "\n");
    }

    static Answer badRequest(String message) {
        return new Text(400, "text/plain; charset=utf-8", message + "\n");
    }
}

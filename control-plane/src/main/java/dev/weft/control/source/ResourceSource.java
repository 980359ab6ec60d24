package dev.weft.control.source;

import java.util.function.Consumer;

/**
 * Where resources come from: a directory of files, an API server.
 *
 * <p>A source delivers whole states, never changes, so a reader can neither miss nor reorder one; changes that follow each other
 * closely may arrive as one state. Bad input never shows as an absence: a source keeps the last valid version of an object and says
 * so in the problems.
 */
public interface ResourceSource extends AutoCloseable {

    /**
     * Begins. The first state is delivered before this returns, later ones on a thread of the source, one at a time.
     *
     * @throws java.io.UncheckedIOException if there is nothing to read from
     */
    void start(Consumer<SourceState> listener);

    /** Ends; nothing is delivered afterwards. */
    @Override
    void close();
}

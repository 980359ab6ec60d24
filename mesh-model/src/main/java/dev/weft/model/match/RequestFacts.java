package dev.weft.model.match;

/**
 * What matching may know of a request. Implemented by the proxy over the received head and by {@link RequestFactsOf} for offline
 * use; both give ranges of one block, so that the same matchers run in both places without creating objects.
 */
public interface RequestFacts {
    /** The block that all ranges refer to. Not to be written to. */
    byte[] block();

    long method();

    /** The whole {@code :path}: path and query as received (after normalisation, where the connection manager asks for it). */
    long pathAndQuery();

    /** The path without query and fragment. */
    long path();

    /** What stands behind the first {@code ?}, {@link Ranges#NONE} where there is none. */
    long query();

    /** The {@code :authority} as received, port included. */
    long authority();

    long scheme();

    /** The n-th value (from 0) of a header, pseudo headers included, or {@link Ranges#NONE}. */
    long header(HeaderKey name, int n);
}

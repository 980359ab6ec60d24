package dev.weft.examples.bookstore;

/** A started program: where it listens, and how to end it. */
interface Running extends AutoCloseable {
    int port();

    @Override
    void close();
}

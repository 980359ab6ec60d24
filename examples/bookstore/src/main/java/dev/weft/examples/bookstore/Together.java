package dev.weft.examples.bookstore;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The whole bookstore in one process and without a mesh: every program on a free port, calling the others directly. For a look at the
 * pages, and for the run in which a Java runtime learns what the programs load.
 */
final class Together {
    private Together() {}

    static Running start(Options options) throws IOException {
        Started started = new Started(new ArrayDeque<>());
        try {
            int ratings = started.add(Ratings.start(Options.parse("ratings")));
            int reviews = started.add(Reviews.start(Options.parse(
                    "reviews", "--version", options.text("version", "v2"), "--ratings", "127.0.0.1:" + ratings)));
            int catalog = started.add(Catalog.start(Options.parse("catalog")));
            int front = started.add(FrontPage.start(Options.parse(
                    "frontpage",
                    "--port",
                    String.valueOf(options.port()),
                    "--catalog",
                    "http://127.0.0.1:" + catalog,
                    "--reviews",
                    "http://127.0.0.1:" + reviews)));
            // Closed first, and not the one whose port counts.
            started.parts()
                    .addLast(Traffic.start(Options.parse(
                            "traffic",
                            "--target",
                            "http://127.0.0.1:" + front,
                            "--rps",
                            String.valueOf(options.number("rps", 1)))));
            return started;
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    /** @param parts the front page first */
    private record Started(Deque<Running> parts) implements Running {
        int add(Running part) {
            parts.addFirst(part);
            return part.port();
        }

        @Override
        public int port() {
            return parts.getFirst().port();
        }

        @Override
        public void close() {
            parts.descendingIterator().forEachRemaining(Running::close);
        }
    }
}

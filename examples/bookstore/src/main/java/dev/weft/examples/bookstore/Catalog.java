package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableList;
import dev.weft.examples.bookstore.WebServer.Answer;
import dev.weft.examples.bookstore.WebServer.Asked;
import java.io.IOException;

/** The books: {@code GET /books} and {@code GET /books/ID}. */
final class Catalog {
    static final ImmutableList<Book> BOOKS = ImmutableList.of(
            new Book(
                    1,
                    "The Warp and the Weft",
                    "Ines Halvorsen",
                    1987,
                    "Two weavers, one loom, and a thread that never breaks."),
            new Book(
                    2,
                    "A Short History of Knots",
                    "Tomasz Brandt",
                    2003,
                    "From the reef to the Gordian, with diagrams."),
            new Book(
                    3,
                    "Ninety to Ten",
                    "Mara Oyelaran",
                    2019,
                    "A shopkeeper lets one customer in ten through the new door."),
            new Book(
                    4,
                    "The Silent Handshake",
                    "J. R. Castellan",
                    1996,
                    "Two spies must prove who they are without a word."));

    record Book(int id, String title, String author, int year, String blurb) {}

    private Catalog() {}

    static Running start(Options options) throws IOException {
        return WebServer.start("catalog", options.listen(), Catalog::answer);
    }

    private static Answer answer(Asked asked) {
        if (asked.path().equals("/books")) {
            return Answer.json(BOOKS);
        }
        int id = asked.numberAfter("/books/");
        return BOOKS.stream()
                .filter(book -> book.id() == id)
                .findFirst()
                .map(Answer::json)
                .orElseGet(() -> Answer.error(404, "no such book: " + asked.path()));
    }
}

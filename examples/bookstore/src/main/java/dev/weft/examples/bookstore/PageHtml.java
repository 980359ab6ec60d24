package dev.weft.examples.bookstore;

import com.fasterxml.jackson.databind.JsonNode;

/** The front page as HTML. Pure: two JSON trees in, a page out, every text of theirs escaped. */
final class PageHtml {
    private static final String STYLE = """
            body{font:17px/1.5 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fdfcf9}
            nav a{margin-right:1rem}h1{margin-bottom:0}small{color:#666}blockquote{border-left:3px solid #ddd;margin:1rem 0;padding:0 1rem}
            .black{color:#111}.red{color:#c0182b}.failed{background:#fdeaea;border:1px solid #e5b5b5;padding:.5rem 1rem}""";

    private PageHtml() {}

    static String render(JsonNode book, JsonNode reviews) {
        StringBuilder page = new StringBuilder(2048)
                .append("<!doctype html><html lang=en><meta charset=utf-8><title>The Weft bookstore</title><style>")
                .append(STYLE)
                .append("</style><nav>");
        for (Catalog.Book each : Catalog.BOOKS) {
            page.append("<a href=\"/books/")
                    .append(each.id())
                    .append("\">")
                    .append(escape(each.title()))
                    .append("</a>");
        }
        page.append("</nav>");
        if (book.has("failed")) {
            failed(page, "The catalog", book);
        } else {
            page.append("<h1>").append(text(book, "title")).append("</h1><small>");
            page.append(text(book, "author"))
                    .append(", ")
                    .append(text(book, "year"))
                    .append("</small><p>");
            page.append(text(book, "blurb")).append("</p>");
        }
        if (reviews.has("failed")) {
            failed(page, "The reviews", reviews);
        } else {
            reviews(page, reviews);
        }
        return page.append("</html>\n").toString();
    }

    private static void reviews(StringBuilder page, JsonNode reviews) {
        for (JsonNode review : reviews.path("reviews")) {
            page.append("<blockquote>")
                    .append(text(review, "text"))
                    .append("<br><small>")
                    .append(text(review, "reader"));
            int stars = Math.clamp(review.path("stars").asInt(), 0, 5);
            if (stars > 0) {
                page.append(" <span class=").append(text(reviews, "color")).append('>');
                page.append("&#9733;".repeat(stars))
                        .append("&#9734;".repeat(5 - stars))
                        .append("</span>");
            }
            page.append("</small></blockquote>");
        }
        page.append("<small>reviews ").append(text(reviews, "version")).append(", ratings ");
        page.append(text(reviews, "ratings")).append("</small>");
    }

    private static void failed(StringBuilder page, String part, JsonNode node) {
        page.append("<p class=failed>").append(part).append(" cannot be shown: ");
        page.append(
                node.path("failed").asInt() == 0
                        ? "no answer"
                        : "status " + node.path("failed").asInt());
        page.append("<br><small>").append(text(node, "reason")).append("</small></p>");
    }

    private static String text(JsonNode node, String field) {
        return escape(node.path(field).asText(""));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

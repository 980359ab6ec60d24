package dev.weft.proxy.admin;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The end of the admin server's chain: answers each request with a page instead of carrying it on. Shared; called on its loop. */
final class AdminRouter implements Router {
    private static final HeaderName NO_SNIFF = HeaderName.of("x-content-type-options");

    private final AdminPages pages;

    AdminRouter(AdminPages pages) {
        this.pages = pages;
    }

    @Override
    public @Nullable RouteDecision route(Exchange exchange) {
        return null;
    }

    @Override
    public RequestSink start(Exchange exchange, boolean end) {
        AdminRequest request = AdminRequest.of(
                exchange.request().methodText(), exchange.request().path());
        Page page = pages.find(request.path());
        if (page == null) {
            send(exchange, pages.notFound(request), "");
        } else if (!page.allows(request.method())) {
            String wanted = "method " + request.method() + " is not allowed on " + page.path() + ", expected "
                    + page.methods() + "\n";
            send(exchange, Answer.text(405, wanted), page.methods());
        } else if (request.method().equals("POST")
                && exchange.request().headers().contains(HeaderName.ORIGIN)) {
            // A web page that the operator happens to look at must not give orders to a port of his machine.
            send(exchange, Answer.text(403, "requests of web pages are not taken\n"), "");
        } else if (page.access() == Page.Access.LOOPBACK
                && !exchange.connection().remote().getAddress().isLoopbackAddress()) {
            send(exchange, Answer.text(403, page.path() + " is for callers in the pod only\n"), "");
        } else {
            switch (page.source()) {
                case Page.Source.Made(Page.Place place, Page.Content content) ->
                    answer(exchange, place, () -> pages.make(page.path(), content, request));
                case Page.Source.Relayed(Page.Relay relay) -> {
                    return relayed(exchange, page, relay);
                }
            }
        }
        return RequestSink.IGNORE;
    }

    private static RequestSink relayed(Exchange exchange, Page page, Page.Relay relay) {
        try {
            return relay.start(exchange);
        } catch (RuntimeException e) {
            send(exchange, AdminPages.failed(page.path(), e), "");
            return RequestSink.IGNORE;
        }
    }

    private void answer(Exchange exchange, Page.Place place, Supplier<Answer> maker) {
        switch (place) {
            case LOOP -> send(exchange, maker.get(), "");
            case THREAD -> {
                long generation = exchange.generation();
                boolean taken = pages.thread().submit(() -> {
                    Answer answer = maker.get();
                    exchange.loop().eventLoop().execute(() -> {
                        if (exchange.isCurrent(generation)) {
                            send(exchange, answer, "");
                        }
                    });
                });
                if (!taken) {
                    send(exchange, Answer.text(503, "the admin thread is busy, ask again\n"), "");
                }
            }
        }
    }

    private static void send(Exchange exchange, Answer answer, String allow) {
        LocalReply reply = LocalReply.of(FailureReason.DIRECT_RESPONSE)
                .status(answer.status())
                .contentType(answer.contentType())
                .body(answer.body().getBytes(StandardCharsets.UTF_8))
                .header(HeaderName.CACHE_CONTROL, "no-cache, max-age=0")
                .header(NO_SNIFF, "nosniff");
        if (!allow.isEmpty()) {
            reply.header(HeaderName.ALLOW, allow);
        }
        reply.send(exchange);
    }
}

package dev.weft.proxy.admin;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.RequestSink;

/**
 * One page of the admin server.
 *
 * @param path where it is
 * @param use whether it may be asked for by GET
 * @param access who may ask, of those who reach the port
 * @param help one line
 */
record Page(String path, Use use, Access access, String help, Source source) {
    /** What a page is good for. */
    enum Use {
        /** It only looks. */
        LOOK,
        /** It changes something, so it takes a POST. */
        ACT,
        /** It looks by GET and changes by POST. */
        LOOK_OR_ACT
    }

    /** Who may ask for a page. */
    enum Access {
        ANYBODY,
        /** Callers over a loopback address: the pod's own containers. */
        LOOPBACK
    }

    /** What answers. */
    sealed interface Source {
        /** A page that is made and then sent. */
        record Made(Place place, Content content) implements Source {}

        /** Somebody who answers by himself, maybe later. */
        record Relayed(Relay relay) implements Source {}
    }

    /** Answers an exchange on its loop, at once or later. */
    interface Relay {
        RequestSink start(Exchange exchange);
    }

    /** Where a page is made. */
    enum Place {
        /** On the event loop: it takes microseconds, and probes ask for it every second. */
        LOOP,
        /** On the admin thread. */
        THREAD
    }

    /** Makes the page. */
    interface Content {
        Answer answer(AdminRequest request);
    }

    static Page quick(String path, String help, Content content) {
        return new Page(path, Use.LOOK, Access.ANYBODY, help, new Source.Made(Place.LOOP, content));
    }

    static Page look(String path, String help, Content content) {
        return new Page(path, Use.LOOK, Access.ANYBODY, help, new Source.Made(Place.THREAD, content));
    }

    static Page act(String path, String help, Content content) {
        return new Page(path, Use.ACT, Access.ANYBODY, help, new Source.Made(Place.THREAD, content));
    }

    /** An order that is taken from the pod's own containers only. */
    static Page order(String path, String help, Content content) {
        return new Page(path, Use.ACT, Access.LOOPBACK, help, new Source.Made(Place.THREAD, content));
    }

    static Page relayed(String path, String help, Relay relay) {
        return new Page(path, Use.LOOK, Access.ANYBODY, help, new Source.Relayed(relay));
    }

    boolean allows(String method) {
        return switch (use) {
            case LOOK -> method.equals("GET") || method.equals("HEAD");
            case ACT -> method.equals("POST");
            case LOOK_OR_ACT -> method.equals("GET") || method.equals("HEAD") || method.equals("POST");
        };
    }

    String methods() {
        return switch (use) {
            case LOOK -> "GET, HEAD";
            case ACT -> "POST";
            case LOOK_OR_ACT -> "GET, HEAD, POST";
        };
    }
}

package dev.weft.proxy.admin;

/**
 * One page of the admin server.
 *
 * @param path where it is
 * @param use whether it may be asked for by GET
 * @param place where it is made
 * @param help one line
 */
record Page(String path, Use use, Place place, String help, Content content) {
    /** What a page is good for. */
    enum Use {
        /** It only looks. */
        LOOK,
        /** It changes something, so it takes a POST. */
        ACT,
        /** It looks by GET and changes by POST. */
        LOOK_OR_ACT
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
        return new Page(path, Use.LOOK, Place.LOOP, help, content);
    }

    static Page look(String path, String help, Content content) {
        return new Page(path, Use.LOOK, Place.THREAD, help, content);
    }

    static Page act(String path, String help, Content content) {
        return new Page(path, Use.ACT, Place.THREAD, help, content);
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

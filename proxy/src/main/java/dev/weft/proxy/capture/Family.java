package dev.weft.proxy.capture;

/** An address family: each has rules, tables and routes of its own. */
enum Family {
    V4("IPv4", "127.0.0.1/32", "127.0.0.6/32"),
    V6("IPv6", "::1/128", "::6/128");

    private final String text;
    private final String loopback;
    private final String inboundSource;

    Family(String text, String loopback, String inboundSource) {
        this.text = text;
        this.loopback = loopback;
        this.inboundSource = inboundSource;
    }

    /** What applications call themselves by; never captured. */
    Cidr loopback() {
        return Cidr.parse(loopback);
    }

    /** The address that the proxy binds when it calls its own application: by it such a connection is told apart from any other. */
    Cidr inboundSource() {
        return Cidr.parse(inboundSource);
    }

    @Override
    public String toString() {
        return text;
    }
}

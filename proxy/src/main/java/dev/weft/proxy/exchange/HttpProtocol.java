package dev.weft.proxy.exchange;

/** The version of HTTP that a connection speaks, with the text that access logs print. */
public enum HttpProtocol {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2");

    private final String text;

    HttpProtocol(String text) {
        this.text = text;
    }

    /** As Envoy's {@code %PROTOCOL%} prints it. */
    public String text() {
        return text;
    }
}

package dev.weft.resources;

import com.google.common.base.Ascii;
import java.util.Optional;

/** What is spoken on a port. */
public enum Protocol {
    HTTP,
    HTTP2,
    GRPC,
    GRPC_WEB,
    HTTPS,
    TLS,
    TCP,
    MONGO,
    REDIS,
    MYSQL,
    UDP,
    /** Not declared: the proxy looks at the first bytes. */
    UNKNOWN;

    /** Whether requests are routed one by one. */
    public boolean isHttp() {
        return this == HTTP || this == HTTP2 || this == GRPC || this == GRPC_WEB;
    }

    /** Whether the clients speak HTTP/2 on this port. */
    public boolean isHttp2() {
        return this == HTTP2 || this == GRPC;
    }

    /** Whether the application itself speaks TLS, so that connections are told apart by SNI only. */
    public boolean isTls() {
        return this == HTTPS || this == TLS;
    }

    /** Reads a protocol as {@code ports[].protocol} of Istio's kinds names it, in any case of letters. */
    public static Optional<Protocol> parse(String text) {
        return switch (Ascii.toLowerCase(text)) {
            case "http" -> Optional.of(HTTP);
            case "http2" -> Optional.of(HTTP2);
            case "grpc" -> Optional.of(GRPC);
            case "grpc-web" -> Optional.of(GRPC_WEB);
            case "https" -> Optional.of(HTTPS);
            case "tls" -> Optional.of(TLS);
            case "tcp" -> Optional.of(TCP);
            case "mongo" -> Optional.of(MONGO);
            case "redis" -> Optional.of(REDIS);
            case "mysql" -> Optional.of(MYSQL);
            case "udp" -> Optional.of(UDP);
            default -> Optional.empty();
        };
    }

    /**
     * The protocol of a Kubernetes Service port: {@code appProtocol}, else the port's name up to its first dash, else by number.
     *
     * @param transport TCP, UDP or SCTP
     */
    public static Protocol ofServicePort(String transport, Optional<String> appProtocol, String name, int number) {
        if (Ascii.equalsIgnoreCase(transport, "UDP")) {
            return UDP;
        }
        Optional<Protocol> declared = appProtocol.flatMap(Protocol::parseAppProtocol);
        if (declared.isPresent()) {
            return declared.get();
        }
        return parsePortName(name).orElseGet(() -> isServerFirst(number) ? TCP : UNKNOWN);
    }

    private static Optional<Protocol> parseAppProtocol(String text) {
        return switch (Ascii.toLowerCase(text)) {
            case "kubernetes.io/h2c" -> Optional.of(HTTP2);
            case "kubernetes.io/ws" -> Optional.of(HTTP);
            case "kubernetes.io/wss" -> Optional.of(HTTPS);
            default -> parse(text);
        };
    }

    private static Optional<Protocol> parsePortName(String name) {
        String lower = Ascii.toLowerCase(name);
        if (lower.equals("grpc-web") || lower.startsWith("grpc-web-")) {
            return Optional.of(GRPC_WEB);
        }
        int dash = lower.indexOf('-');
        return parse(dash < 0 ? lower : lower.substring(0, dash));
    }

    /** SMTP, DNS, MySQL and MongoDB: the server (or nobody readable) speaks first there, so that waiting for the client's bytes hangs. */
    private static boolean isServerFirst(int number) {
        return number == 25 || number == 53 || number == 3306 || number == 27017;
    }
}

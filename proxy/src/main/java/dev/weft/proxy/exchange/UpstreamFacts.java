package dev.weft.proxy.exchange;

import org.jspecify.annotations.Nullable;

/**
 * Where an exchange went: cluster, endpoint, attempts.
 *
 * <p>Loop-confined; part of the exchange. The router and the client connection write it, access log and metrics read it.
 */
public final class UpstreamFacts {
    private String cluster = "";
    private String host = "";
    private String hostName = "";
    private String localAddress = "";
    private String failure = "";
    private long connectionId;
    private int attempts;
    private @Nullable HttpProtocol protocol;
    private @Nullable TlsFacts tls;

    void clear() {
        cluster = "";
        host = "";
        hostName = "";
        localAddress = "";
        failure = "";
        connectionId = 0;
        attempts = 0;
        protocol = null;
        tls = null;
    }

    /** The cluster's name; empty if none was chosen. */
    public String cluster() {
        return cluster;
    }

    public void cluster(String value) {
        cluster = value;
    }

    /** The endpoint's address as text; empty if none was picked. */
    public String host() {
        return host;
    }

    /** The endpoint of the latest attempt. */
    public void host(String address, String name) {
        host = address;
        hostName = name;
    }

    public String hostName() {
        return hostName;
    }

    /** Our end of the upstream connection as text. */
    public String localAddress() {
        return localAddress;
    }

    /** What the transport said when it failed (refused, TLS alert …): for the log, never for the client. */
    public String failure() {
        return failure;
    }

    public void failure(String value) {
        failure = value;
    }

    public long connectionId() {
        return connectionId;
    }

    /** How many times the request was tried; 1 without a retry. */
    public int attempts() {
        return attempts;
    }

    public void attempts(int value) {
        attempts = value;
    }

    public @Nullable HttpProtocol protocol() {
        return protocol;
    }

    public @Nullable TlsFacts tls() {
        return tls;
    }

    /** The connection of the latest attempt. */
    public void connection(long id, String local, HttpProtocol spoken, @Nullable TlsFacts handshake) {
        connectionId = id;
        localAddress = local;
        protocol = spoken;
        tls = handshake;
    }
}

package dev.weft.proxy.exchange;

/**
 * The head of a response: status and fields.
 *
 * <p>An accepted upgrade has status 101 here, whatever was spoken: HTTP/2 has none, so its client turns the 200 to an
 * extended CONNECT into 101 and its server the other way.
 *
 * <p>Filled by a client connection or by {@link LocalReply}, edited by filters, written by a server connection.
 * Loop-confined; owned by its exchange and reused, also for the next attempt of a retry.
 */
public final class ResponseHead {
    private final Headers headers = new Headers();
    private int status;
    private HttpProtocol protocol = HttpProtocol.HTTP_1_1;
    private long contentLength = -1;
    private int receivedBytes;

    /** Forgets everything; the arrays stay. */
    public void clear() {
        headers.clear();
        status = 0;
        protocol = HttpProtocol.HTTP_1_1;
        contentLength = -1;
        receivedBytes = 0;
    }

    /** All fields but the pseudo headers. */
    public Headers headers() {
        return headers;
    }

    /** The status code; 0 as long as there is no response. */
    public int status() {
        return status;
    }

    public void status(int value) {
        status = value;
    }

    /** What the upstream spoke. */
    public HttpProtocol protocol() {
        return protocol;
    }

    public void protocol(HttpProtocol value) {
        protocol = value;
    }

    /** The announced size of the body in bytes; -1 if none was announced. */
    public long contentLength() {
        return contentLength;
    }

    public void contentLength(long value) {
        contentLength = value;
    }

    /** How many bytes the head had on the wire. */
    public int receivedBytes() {
        return receivedBytes;
    }

    public void receivedBytes(int value) {
        receivedBytes = value;
    }

    @Override
    public String toString() {
        return status + " " + headers;
    }
}

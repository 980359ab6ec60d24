package dev.weft.proxy.exchange;

import dev.weft.model.match.RequestFacts;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: method, path, authority and scheme as ranges in the block of its {@link Headers}, and the
 * other fields.
 *
 * <p>Filled by a codec of {@code proxy.codec}, edited by filters and the router, written by a client connection.
 * Loop-confined; owned by its exchange and reused. An edit appends bytes, so ranges taken before it stay valid.
 *
 * <p>There is no {@code host} among the fields: it is the authority.
 */
public final class RequestHead {
    private final Headers headers = new Headers();
    private final RequestHeadFacts facts = new RequestHeadFacts(this);
    private final TextCache pathTexts = new TextCache();
    private final TextCache authorityTexts = new TextCache();
    private final TextCache methodTexts = new TextCache();

    private HttpProtocol protocol = HttpProtocol.HTTP_1_1;
    private HttpMethod method = HttpMethod.GET;
    private Scheme scheme = Scheme.HTTP;
    private int methodStart;
    private int methodLength;
    private int pathStart;
    private int pathLength;
    private int authorityStart;
    private int authorityLength;
    private long contentLength = -1;
    private @Nullable String upgrade;
    private @Nullable String path;
    private @Nullable String authority;
    private int receivedBytes;

    /** The scheme of the request's target. */
    public enum Scheme {
        HTTP("http"),
        HTTPS("https");

        private final String text;

        Scheme(String text) {
            this.text = text;
        }

        /** In lowercase, as in {@code :scheme}. */
        public String text() {
            return text;
        }
    }

    /** Forgets everything; the arrays stay. */
    public void clear() {
        headers.clear();
        protocol = HttpProtocol.HTTP_1_1;
        method = HttpMethod.GET;
        scheme = Scheme.HTTP;
        methodStart = 0;
        methodLength = 0;
        pathStart = 0;
        pathLength = 0;
        authorityStart = 0;
        authorityLength = 0;
        contentLength = -1;
        upgrade = null;
        path = null;
        authority = null;
        receivedBytes = 0;
        facts.forget();
    }

    /** What matchers may know of the head; follows its edits. */
    public RequestFacts facts() {
        return facts;
    }

    /** All fields but host and the pseudo headers. */
    public Headers headers() {
        return headers;
    }

    /** What the client spoke. */
    public HttpProtocol protocol() {
        return protocol;
    }

    public void protocol(HttpProtocol value) {
        protocol = value;
    }

    public Scheme scheme() {
        return scheme;
    }

    public void scheme(Scheme value) {
        scheme = value;
    }

    // ---- method ----------------------------------------------------------------------------------------------------

    public HttpMethod method() {
        return method;
    }

    /** Where the method starts in the block. */
    public int methodStart() {
        return methodStart;
    }

    /** The method's length in bytes. */
    public int methodLength() {
        return methodLength;
    }

    /** The method as text, also when it is not a well-known one. */
    public String methodText() {
        return method == HttpMethod.OTHER
                ? methodTexts.text(headers.block(), methodStart, methodLength)
                : method.name();
    }

    /** For decoders: the method is this range of the block. */
    public void methodAt(int start, int length) {
        methodStart = start;
        methodLength = length;
        method = HttpMethod.of(headers.block(), start, length);
    }

    /** Sets the method. */
    public void method(String value) {
        methodAt(headers.append(value), value.length());
    }

    // ---- path ------------------------------------------------------------------------------------------------------

    /** Whether there is a path; a CONNECT request has none. */
    public boolean hasPath() {
        return pathLength > 0;
    }

    public int pathStart() {
        return pathStart;
    }

    public int pathLength() {
        return pathLength;
    }

    /** Path and query as text, one char per byte; empty if there is none. The String is made at most once per value. */
    public String path() {
        String text = path;
        if (text == null) {
            text = pathTexts.text(headers.block(), pathStart, pathLength);
            path = text;
        }
        return text;
    }

    /** For decoders: path and query are this range of the block. */
    public void pathAt(int start, int length) {
        pathStart = start;
        pathLength = length;
        path = null;
    }

    /** Sets path and query. */
    public void path(String value) {
        pathAt(headers.append(value), value.length());
    }

    // ---- authority -------------------------------------------------------------------------------------------------

    public boolean hasAuthority() {
        return authorityLength > 0;
    }

    public int authorityStart() {
        return authorityStart;
    }

    public int authorityLength() {
        return authorityLength;
    }

    /** Host and port as the client sent them; empty if there are none. */
    public String authority() {
        String text = authority;
        if (text == null) {
            text = authorityTexts.text(headers.block(), authorityStart, authorityLength);
            authority = text;
        }
        return text;
    }

    /** For decoders: the authority is this range of the block. */
    public void authorityAt(int start, int length) {
        authorityStart = start;
        authorityLength = length;
        authority = null;
    }

    /** Sets host and port. */
    public void authority(String value) {
        authorityAt(headers.append(value), value.length());
    }

    // ---- body and upgrade ------------------------------------------------------------------------------------------

    /** The announced size of the body in bytes; -1 if there was none announced. A filter that edits the body sets it. */
    public long contentLength() {
        return contentLength;
    }

    /** For decoders, which also keep the {@code content-length} entry. */
    public void contentLength(long value) {
        contentLength = value;
    }

    /**
     * The protocol that the client wants to upgrade to, lowercase ({@code websocket}), of HTTP/1's {@code Upgrade} or
     * HTTP/2's {@code :protocol}; null if none. The {@code connection} and {@code upgrade} entries are not among the
     * fields: the codecs write them. A CONNECT without this is a plain tunnel.
     */
    public @Nullable String upgrade() {
        return upgrade;
    }

    public void upgrade(@Nullable String value) {
        upgrade = value;
    }

    /** Whether the body is a tunnel: an upgrade or CONNECT, if the answer agrees. */
    public boolean wantsTunnel() {
        return upgrade != null || method == HttpMethod.CONNECT;
    }

    /** How many bytes the head had on the wire. */
    public int receivedBytes() {
        return receivedBytes;
    }

    public void receivedBytes(int value) {
        receivedBytes = value;
    }

    // ---- writing ---------------------------------------------------------------------------------------------------

    /** Writes the method's bytes. */
    public void writeMethod(ByteBuf out) {
        out.writeBytes(headers.block(), methodStart, methodLength);
    }

    /** Writes the bytes of path and query. */
    public void writePath(ByteBuf out) {
        out.writeBytes(headers.block(), pathStart, pathLength);
    }

    /** Writes the authority's bytes. */
    public void writeAuthority(ByteBuf out) {
        out.writeBytes(headers.block(), authorityStart, authorityLength);
    }

    /** Copies all of another head, for mirrored requests. */
    public void copyFrom(RequestHead other) {
        clear();
        protocol = other.protocol;
        scheme = other.scheme;
        method(other.methodText());
        pathAt(headers.append(other.headers.block(), other.pathStart, other.pathLength), other.pathLength);
        authorityAt(
                headers.append(other.headers.block(), other.authorityStart, other.authorityLength),
                other.authorityLength);
        contentLength = other.contentLength;
        upgrade = other.upgrade;
        headers.addAll(other.headers);
    }

    /** Without the query, which may hold secrets. */
    @Override
    public String toString() {
        String text = path();
        int query = text.indexOf('?');
        return methodText() + ' ' + authority() + (query < 0 ? text : text.substring(0, query));
    }
}

package dev.weft.proxy.exchange;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request in flight with its response, from the head's first byte to {@link ExchangeObserver#done}.
 *
 * <p>A server connection takes it from its {@link Loop}, fills {@link #request}, and hands the parts to {@link
 * #toUpstream}; the response comes back through {@link #toClient}. Loop-confined and reused: whoever calls back later
 * must have kept {@link #generation} and ask {@link #isCurrent}.
 */
public final class Exchange {
    private static final Object[] NO_SLOTS = {};

    private final Loop loop;
    private final RequestHead request = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final Timings timings = new Timings();
    private final UpstreamFacts upstream = new UpstreamFacts();
    private final RequestWalk toUpstream = new RequestWalk(this);
    private final ResponseWalk toClient = new ResponseWalk(this);

    private @Nullable Headers requestTrailers;
    private @Nullable Headers responseTrailers;
    private @Nullable FilterChain chain;
    private @Nullable ConnectionFacts connection;
    private ResponseSink client = ResponseSink.IGNORE;
    private RequestSink upstreamSink = RequestSink.IGNORE;
    private @Nullable Object[] slots = NO_SLOTS;

    private @Nullable RouteDecision route;
    private boolean routeKnown;
    private @Nullable FailureReason failure;
    private @Nullable PeerMetadata downstreamPeer;
    private @Nullable PeerMetadata upstreamPeer;
    private String details = "";
    private String requestId = "";
    private AlpnOffer upstreamAlpn = AlpnOffer.NONE;
    private long flags;
    private long requestBytes;
    private long responseBytes;
    private long deadline;
    private long generation;
    private boolean upstreamStarted;
    private boolean done;
    private boolean closeConnection;
    private @Nullable ForwardedClient forwardedClient;

    Exchange(Loop loop) {
        this.loop = loop;
    }

    /** Binds a fresh exchange to the chain that it will walk, its connection, and who writes the response. */
    public void begin(FilterChain newChain, ConnectionFacts newConnection, ResponseSink newClient) {
        chain = newChain;
        connection = newConnection;
        client = newClient;
        if (slots.length < newChain.size()) {
            slots = new Object[newChain.size()];
        }
        toUpstream.begin(newChain, newChain.filters());
        toClient.begin(newChain, newChain.reversed());
    }

    // ---- what it is made of ----------------------------------------------------------------------------------------

    public Loop loop() {
        return loop;
    }

    public RequestHead request() {
        return request;
    }

    public ResponseHead response() {
        return response;
    }

    /** The request's trailers; empty if there are none. */
    public Headers requestTrailers() {
        Headers trailers = requestTrailers;
        if (trailers == null) {
            trailers = new Headers();
            requestTrailers = trailers;
        }
        return trailers;
    }

    /** The response's trailers; empty if there are none. */
    public Headers responseTrailers() {
        Headers trailers = responseTrailers;
        if (trailers == null) {
            trailers = new Headers();
            responseTrailers = trailers;
        }
        return trailers;
    }

    /** The client's connection. */
    public ConnectionFacts connection() {
        ConnectionFacts facts = connection;
        if (facts == null) {
            throw new IllegalStateException("the exchange has not begun");
        }
        return facts;
    }

    /**
     * The connection as the model's matchers see it: with the client's address that forwarding headers told, where the
     * connection manager trusts them.
     */
    public dev.weft.model.match.ConnectionFacts facts() {
        ForwardedClient client = forwardedClient;
        return client == null ? connection() : client;
    }

    /** For the connection manager: the client's address is another than the peer's; null takes that back. */
    public void forwardedClient(byte @Nullable [] address) {
        forwardedClient = address == null ? null : new ForwardedClient(connection(), address);
    }

    /** The client's address in Envoy's form: as forwarding headers told (with port 0), else the peer's. */
    public String remoteText() {
        ForwardedClient client = forwardedClient;
        return client == null ? connection().remoteText() : client.text();
    }

    public FilterChain chain() {
        FilterChain current = chain;
        if (current == null) {
            throw new IllegalStateException("the exchange has not begun");
        }
        return current;
    }

    public Timings timings() {
        return timings;
    }

    public UpstreamFacts upstream() {
        return upstream;
    }

    /** Where the request's parts go: through the filters to the router. */
    public RequestWalk toUpstream() {
        return toUpstream;
    }

    /** Where the response's parts go: back through the filters to the client. */
    public ResponseWalk toClient() {
        return toClient;
    }

    // ---- facts -----------------------------------------------------------------------------------------------------

    /** Which use of this object this is; changes when the exchange is over. */
    public long generation() {
        return generation;
    }

    /** Whether the exchange of that generation is still in flight: ask before touching it in a callback. */
    public boolean isCurrent(long generationThen) {
        return generation == generationThen && !done;
    }

    /** The route as found for the request as it stood at the first question; null if there is none. */
    public @Nullable RouteDecision route() {
        if (!routeKnown) {
            route = chain().router().route(this);
            routeKnown = true;
        }
        return route;
    }

    /** The route if anybody asked for it yet. */
    public @Nullable RouteDecision routeIfKnown() {
        return route;
    }

    /** Looks for the route again at the next question: a filter changed what routes depend on. */
    public void clearRoute() {
        route = null;
        routeKnown = false;
    }

    /** Why the exchange was answered or ended here; null if the upstream's response stood. */
    public @Nullable FailureReason failure() {
        return failure;
    }

    /** The set of {@link ResponseFlag} bits. */
    public long flags() {
        return flags;
    }

    /** Adds flags that come without an answer of ours (retries exhausted, delay injected). */
    public void addFlags(long bits) {
        flags |= bits;
    }

    /** Envoy's response code details: {@code via_upstream} unless the answer was ours. */
    public String details() {
        return details.isEmpty() && response.status() != 0 ? "via_upstream" : details;
    }

    /** The request's id; empty until a filter took or made one. */
    public String requestId() {
        return requestId;
    }

    public void requestId(String value) {
        requestId = value;
    }

    /** The client's workload; null if unknown. */
    public @Nullable PeerMetadata downstreamPeer() {
        return downstreamPeer;
    }

    public void downstreamPeer(@Nullable PeerMetadata value) {
        downstreamPeer = value;
    }

    /** The upstream's workload; null if unknown. */
    public @Nullable PeerMetadata upstreamPeer() {
        return upstreamPeer;
    }

    public void upstreamPeer(@Nullable PeerMetadata value) {
        upstreamPeer = value;
    }

    /** What to offer by ALPN upstream, where a filter decided it. */
    public AlpnOffer upstreamAlpn() {
        return upstreamAlpn;
    }

    /** Its lists are part of a pool's key: a filter hands over the same instances for the same choice. */
    public void upstreamAlpn(AlpnOffer value) {
        upstreamAlpn = value;
    }

    /** Body bytes received from the client. */
    public long requestBytes() {
        return requestBytes;
    }

    /** For server connections: body bytes came in. */
    public void countRequest(int bytes) {
        requestBytes += bytes;
    }

    /** Body bytes sent to the client. */
    public long responseBytes() {
        return responseBytes;
    }

    /** Body bytes went to the client; for those who write past the walk. */
    public void countResponse(int bytes) {
        responseBytes += bytes;
    }

    /** When the exchange must be over, in {@link Ticker#nanos}; 0 for never. */
    public long deadline() {
        return deadline;
    }

    public void deadline(long nanos) {
        deadline = nanos;
    }

    /** Whether the client's connection shall be closed behind this response (HTTP/2: goes away). */
    public boolean closesConnection() {
        return closeConnection;
    }

    public void closeConnection() {
        closeConnection = true;
    }

    /** For forwarded connections, whose exchanges last: tells observers that there is one. */
    public void began() {
        chain().observer().began(this);
    }

    // ---- ends ------------------------------------------------------------------------------------------------------

    /** Answers or ends the exchange for this reason; see {@link LocalReply} for answers with details of their own. */
    public void answer(FailureReason reason) {
        LocalReply.of(reason).send(this);
    }

    /**
     * For server connections, once, when the response was handed to the socket whole, or neither side can go on: tells
     * filters and observers. The exchange goes back to its loop by {@link Loop#recycle}.
     */
    public void complete() {
        if (done) {
            return;
        }
        abandon(failure == null ? FailureReason.LOCAL_RESET : failure);
        toClient.stop();
        done = true;
        FilterChain current = chain();
        if (current.has(HttpFilter.DONE)) {
            for (HttpFilter filter : current.filters()) {
                if ((filter.phases() & HttpFilter.DONE) != 0) {
                    filter.onDone(this);
                }
            }
        }
        current.observer().done(this);
    }

    /** The client is gone or the exchange is being answered: stops the request's way and cancels the upstream. */
    void abandon(FailureReason reason) {
        if (failure == null && reason.status() == 0) {
            fail(reason, reason.details());
        }
        boolean running = upstreamStarted && !(toUpstream.isEnded() && toClient.isEnded());
        toUpstream.stop();
        RequestSink sink = upstreamSink;
        upstreamSink = RequestSink.IGNORE;
        upstreamStarted = false;
        if (running) {
            sink.onRequestReset(reason);
        }
    }

    /** Records why it ends, without an answer: for local replies, and for connections that speak no HTTP. */
    public void fail(FailureReason reason, String why) {
        failure = reason;
        flags |= reason.flags();
        details = why;
    }

    void startUpstream(boolean end) {
        upstreamStarted = true;
        RequestSink sink = chain().router().start(this, end);
        if (!toUpstream.isOver()) {
            upstreamSink = sink;
        }
    }

    RequestSink upstreamSink() {
        return upstreamSink;
    }

    ResponseSink client() {
        return client;
    }

    @Nullable
    Object[] slots() {
        return slots;
    }

    void clear() {
        generation++;
        request.clear();
        response.clear();
        if (requestTrailers != null) {
            requestTrailers.clear();
        }
        if (responseTrailers != null) {
            responseTrailers.clear();
        }
        timings.clear();
        upstream.clear();
        toUpstream.restart();
        toClient.restart();
        chain = null;
        connection = null;
        client = ResponseSink.IGNORE;
        upstreamSink = RequestSink.IGNORE;
        Arrays.fill(slots, null);
        route = null;
        routeKnown = false;
        failure = null;
        downstreamPeer = null;
        upstreamPeer = null;
        details = "";
        requestId = "";
        upstreamAlpn = AlpnOffer.NONE;
        flags = 0;
        requestBytes = 0;
        responseBytes = 0;
        deadline = 0;
        upstreamStarted = false;
        done = false;
        closeConnection = false;
        forwardedClient = null;
    }
}

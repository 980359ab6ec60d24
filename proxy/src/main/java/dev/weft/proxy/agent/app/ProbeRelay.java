package dev.weft.proxy.agent.app;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers one of the kubelet's probes by asking the application: its HTTP status as it is, a redirect too (the kubelet counts it as
 * healthy, and its target is not ours to ask); 200 or 503 for a connection and for gRPC; 500 with the reason where the application
 * does not answer. How many are asked at a time is bounded. Shared by the loops.
 */
public final class ProbeRelay {
    private static final int MOST_AT_ONCE = 64;

    /** Of this hop, or ours to say. */
    private static final Set<String> NOT_PASSED_ON = Set.of(
            "host",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "expect",
            "accept-encoding");

    private final AppProbe probe;
    private final AppDialer dialer;
    private final GrpcHealth grpc;
    private final AtomicInteger running;

    /** @param running how many are asked now; shared by all probes of the pod */
    public ProbeRelay(AppProbe probe, AppDialer dialer, AtomicInteger running) {
        this.probe = probe;
        this.dialer = dialer;
        this.grpc = new GrpcHealth(dialer);
        this.running = running;
    }

    /** Asks, and answers {@code exchange} later. */
    public RequestSink start(Exchange exchange) {
        if (running.incrementAndGet() > MOST_AT_ONCE) {
            running.decrementAndGet();
            reply(exchange, 503, "too many probes at a time\n");
            return RequestSink.IGNORE;
        }
        long generation = exchange.generation();
        Loop loop = exchange.loop();
        Answer answer = (status, text) -> {
            running.decrementAndGet();
            if (exchange.isCurrent(generation)) {
                reply(exchange, status, text);
            }
        };
        switch (probe) {
            case AppProbe.HttpGet http -> http(http, loop, exchange.request().headers(), answer);
            case AppProbe.TcpConnect tcp -> connect(tcp, loop, answer);
            case AppProbe.GrpcHealth health -> grpc.ask(health, loop, answer);
        }
        return RequestSink.IGNORE;
    }

    /** What came of a probe; called once, on the loop. */
    interface Answer {
        void give(int status, String text);
    }

    private void http(AppProbe.HttpGet http, Loop loop, Headers kubelet, Answer answer) {
        AppRequest.Message message = new AppRequest.Message(http.scheme(), request(http, kubelet));
        AppRequest.send(dialer, loop, http.place(), message, http.timeout(), new AppRequest.Taker() {
            private int status;

            @Override
            public void onHead(int code, String contentType) {
                status = code;
            }

            @Override
            public void onData(ByteBuf data) {
                data.release();
            }

            @Override
            public void onEnd() {
                answer.give(status, "");
            }

            @Override
            public void onFailed(String why) {
                // What the application said counts, even where the rest of it was cut short.
                answer.give(status == 0 ? 500 : status, status == 0 ? "the application: " + why + "\n" : "");
            }
        });
    }

    private FullHttpRequest request(AppProbe.HttpGet http, Headers kubelet) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, http.path());
        for (int i = 0; i < kubelet.entries(); i++) {
            if (kubelet.isLive(i) && !NOT_PASSED_ON.contains(kubelet.nameText(i))) {
                request.headers().add(kubelet.nameText(i), kubelet.valueText(i));
            }
        }
        request.headers().set(HttpHeaderNames.HOST, authority(http));
        request.headers().set(HttpHeaderNames.CONNECTION, "close");
        http.headers().forEach(header -> request.headers().set(header.name(), header.value()));
        return request;
    }

    private String authority(AppProbe.HttpGet http) {
        String host = http.place().host().isEmpty()
                ? dialer.pod().getHostAddress()
                : http.place().host();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                + http.place().port();
    }

    private void connect(AppProbe.TcpConnect tcp, Loop loop, Answer answer) {
        dialer.dial(loop, tcp.place(), tcp.timeout(), new ChannelInboundHandlerAdapter())
                .addListener((Future<Channel> dialled) -> {
                    if (dialled.isSuccess()) {
                        dialled.getNow().close();
                        answer.give(200, "");
                    } else {
                        answer.give(500, "the application: " + dialled.cause().getMessage() + "\n");
                    }
                });
    }

    private static void reply(Exchange exchange, int status, String text) {
        LocalReply.of(FailureReason.DIRECT_RESPONSE).status(status).body(text).send(exchange);
    }
}

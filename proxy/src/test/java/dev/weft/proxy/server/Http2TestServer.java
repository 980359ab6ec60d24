package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.codec.http2.FramePeer;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.RequestSink;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The HTTP/2 server of one test: an echo with the defaults unless the test begins with another; closed behind the test. */
final class Http2TestServer implements AfterEachCallback {
    private Http2ServerHarness server = Http2ServerHarness.echo();

    /** Serves an echo with these options from now on. */
    void restart(ServerOptions options) {
        server.close();
        server = new Http2ServerHarness(options, EchoUpstream::start);
    }

    /** Serves with this as the upstream's side from now on. */
    void restart(BiFunction<Exchange, Boolean, RequestSink> upstream) {
        server.close();
        server = new Http2ServerHarness(ServerOptions.DEFAULTS, upstream);
    }

    /** A client with the preface and these settings (alternating) sent. */
    FramePeer client(int... settings) {
        return FramePeer.client(server.port(), settings);
    }

    void drain() {
        server.drain();
    }

    /** What was seen of so many exchanges, once they, and no more, are over. */
    List<String> awaitDone(int count) {
        List<String> done = server.awaitDone(count);
        assertThat(done).hasSize(count);
        return done;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        server.close();
    }
}

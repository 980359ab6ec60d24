package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.upstream.PoolOptions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of HTTP/1 that turn into something else. */
@Timeout(30)
class Http1UpgradeTest {
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    @Test
    void carriesAnUpgradedConnection() throws Exception {
        try (Http1Path path = Http1Path.to(wire -> {
            requests.add(wire.head());
            wire.send("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                    + "sec-websocket-accept: x\r\n\r\nhello");
            wire.send(wire.read(4));
        })) {
            path.client.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nping");

            assertThat(path.client.head())
                    .isEqualTo("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: x\r\n"
                            + "connection: Upgrade\r\nupgrade: websocket\r\n\r\n");
            assertThat(path.client.rest()).isEqualTo("helloping");
            assertThat(requests.take()).contains("connection: Upgrade\r\nupgrade: websocket\r\n");
            assertThat(path.proxy.next()).isEqualTo(new TestProxy.Seen(101, "-", "via_upstream", 4, 9));
        }
    }

    @Test
    void servesTheNextRequestWhenAnUpgradeIsRefused() throws Exception {
        try (Http1Path path = Http1Path.to(new Http1Path.EchoPaths())) {
            path.client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                    + Http1Path.GET.formatted("2"));

            assertThat(path.client.message()).endsWith("/1");
            assertThat(path.client.message()).endsWith("/2");
        }
    }

    @Test
    void opensATunnelForConnect() throws Exception {
        try (Http1Path path = Http1Path.to(
                wire -> wire.send("banner").send(wire.read(4)),
                ServerOptions.DEFAULTS,
                PoolOptions.defaults(PoolOptions.Protocol.RAW))) {
            path.client.send("CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n");
            assertThat(path.client.head()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");

            path.client.send("ping");

            assertThat(path.client.rest()).isEqualTo("bannerping");
        }
    }
}

package dev.weft.model.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.ConnectionFacts;
import dev.weft.model.match.SourceType;
import dev.weft.model.net.SocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilterChainsTest {
    private static final ImmutableList<String> MESH = ImmutableList.of("istio-http/1.1", "istio");

    private static FilterChain chain(String name, FilterChainMatch match) {
        return new FilterChain(name, match, Optional.empty(), ImmutableList.of(), Optional.empty(), Optional.empty());
    }

    private static FilterChains chains(FilterChain... chains) {
        return FilterChains.of(new Listener(
                "l",
                new SocketAddress.Inet("127.0.0.1", 80),
                true,
                false,
                Listener.Direction.INBOUND,
                Listener.Inspection.NONE,
                ImmutableList.copyOf(chains),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT));
    }

    private static final FilterChains PERMISSIVE = chains(
            chain("mtls", FilterChainMatch.ANY.withTransport("tls", MESH)),
            chain("plain", FilterChainMatch.ANY.withTransport("raw_buffer", ImmutableList.of())),
            chain("app-tls", FilterChainMatch.ANY.withTransport("tls", ImmutableList.of())));

    @Test
    void tellsTheMeshFromPlainTextAndFromTheApplicationsOwnTls() {
        assertThat(PERMISSIVE
                        .match(new Connection("tls", "istio-http/1.1", "http/1.1"))
                        .name())
                .isEqualTo("mtls");
        assertThat(PERMISSIVE.match(new Connection("tls", "h2")).name()).isEqualTo("app-tls");
        assertThat(PERMISSIVE.match(new Connection("raw_buffer")).name()).isEqualTo("plain");
    }

    @Test
    void closesWhatNoChainIsFor() {
        FilterChains strict = chains(chain("mtls", FilterChainMatch.ANY.withTransport("tls", MESH)));

        assertThat(strict.match(new Connection("raw_buffer"))).isNull();
    }

    @Test
    void doesNotGoBackToALessSpecificLevel() {
        FilterChains chains = chains(
                chain("port", FilterChainMatch.ANY.withDestinationPort(80).withTransport("tls", ImmutableList.of())),
                chain("any", FilterChainMatch.ANY));

        assertThat(chains.match(new Connection("raw_buffer"))).isNull();
    }

    @Test
    void refusesTwoChainsWithTheSameCriteria() {
        assertThatThrownBy(() -> chains(chain("a", FilterChainMatch.ANY), chain("b", FilterChainMatch.ANY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b'");
    }

    /** A connection to port 80 of this transport, offering these protocols. */
    private record Connection(String transport, ImmutableList<String> protocols) implements ConnectionFacts {
        Connection(String transport, String... protocols) {
            this(transport, ImmutableList.copyOf(protocols));
        }

        @Override
        public byte[] directRemoteAddress() {
            return new byte[] {127, 0, 0, 1};
        }

        @Override
        public int directRemotePort() {
            return 40_000;
        }

        @Override
        public byte[] remoteAddress() {
            return directRemoteAddress();
        }

        @Override
        public byte[] localAddress() {
            return directRemoteAddress();
        }

        @Override
        public int localPort() {
            return 80;
        }

        @Override
        public String requestedServerName() {
            return null;
        }

        @Override
        public String transportProtocol() {
            return transport;
        }

        @Override
        public ImmutableList<String> applicationProtocols() {
            return protocols;
        }

        @Override
        public SourceType sourceType() {
            return SourceType.SAME_IP_OR_LOOPBACK;
        }

        @Override
        public boolean peerVerified() {
            return false;
        }

        @Override
        public ImmutableList<String> peerUriSans() {
            return ImmutableList.of();
        }

        @Override
        public ImmutableList<String> peerDnsSans() {
            return ImmutableList.of();
        }

        @Override
        public String peerSubject() {
            return "";
        }
    }
}

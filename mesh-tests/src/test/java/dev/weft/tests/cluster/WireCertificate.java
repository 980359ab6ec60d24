package dev.weft.tests.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** The certificate that a server shows in a handshake of this moment. */
final class WireCertificate {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private WireCertificate() {}

    /** What a workload shows to its mesh, with nothing checked; empty where nobody answers. We have no certificate, so nothing follows the handshake. */
    static Optional<X509Certificate> ofWorkload(String address, int port) {
        Seen seen = new Seen();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {seen}, null);
            SSLParameters parameters = context.getDefaultSSLParameters();
            parameters.setApplicationProtocols(new String[] {"istio"});
            handshake(context, parameters, new InetSocketAddress(address, port));
        } catch (IOException e) {
            // It tells us that we lack a certificate; by then we have seen its own.
            return Optional.ofNullable(seen.leaf);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return Optional.ofNullable(seen.leaf);
    }

    /** What a server shows, trusted as the API server trusts a webhook: by these roots (PEM) and this name. */
    static X509Certificate trusted(String address, int port, String name, String roots) {
        try {
            KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
            trust.load(null, null);
            int count = 0;
            for (Certificate root : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(roots.getBytes(StandardCharsets.UTF_8)))) {
                trust.setCertificateEntry("root" + count++, root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            SSLParameters parameters = context.getDefaultSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setServerNames(List.of(new SNIHostName(name)));
            return handshake(context, parameters, new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw new UncheckedIOException("no trust in " + address + ":" + port, e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate handshake(SSLContext context, SSLParameters parameters, InetSocketAddress address)
            throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(address, (int) LIMIT.toMillis());
            plain.setSoTimeout((int) LIMIT.toMillis());
            String name = parameters.getServerNames() == null
                    ? address.getHostString()
                    : ((SNIHostName) parameters.getServerNames().get(0)).getAsciiName();
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, name, address.getPort(), false)) {
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            }
        }
    }

    /** Trusts everybody and remembers whom it saw. */
    private static final class Seen extends X509ExtendedTrustManager {
        private volatile X509Certificate leaf;

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            leaf = chain[0];
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            leaf = chain[0];
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            leaf = chain[0];
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package dev.weft.tests.gateway;

import dev.weft.testkit.TestCertificates;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** An HTTPS client as strangers have it: it believes one root, asks for a server name, and may show a certificate. Immutable. */
final class TlsClient {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final SSLContext context;

    private TlsClient(SSLContext context) {
        this.context = context;
    }

    static TlsClient of(TestCertificates root, Optional<TestCertificates.Leaf> own) {
        try {
            KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
            trust.load(null, null);
            trust.setCertificateEntry("root", root.certificate());
            TrustManagerFactory trusting = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusting.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(own), trusting.getTrustManagers(), new SecureRandom());
            return new TlsClient(context);
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyManager[] keys(Optional<TestCertificates.Leaf> own) throws GeneralSecurityException, IOException {
        if (own.isEmpty()) {
            return new KeyManager[0];
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry(
                "own", own.get().privateKey(), new char[0], own.get().chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** A connection whose handshake is done. */
    SSLSocket connect(InetSocketAddress to, String serverName) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(RawClient.connect(to, LIMIT), serverName, to.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.startHandshake();
        return socket;
    }

    Reply get(InetSocketAddress to, String host, String path) {
        try (SSLSocket socket = connect(to, host)) {
            return RawClient.exchange(socket, RawClient.Request.get(host, path));
        } catch (IOException e) {
            throw new AssertionError(host + path, e);
        }
    }

    /** Whether TLS, or the first request over it, fails. */
    boolean refused(InetSocketAddress to, String host) {
        try (SSLSocket socket = connect(to, host)) {
            // With TLS 1.3 a client hears that its certificate was refused only when it reads.
            return RawClient.exchange(socket, RawClient.Request.get(host, "/")).status() == 0;
        } catch (SSLException refused) {
            return true;
        } catch (IOException closed) {
            return true;
        }
    }

    /** The serial number of the certificate that the server shows. */
    String serial(InetSocketAddress to, String host) {
        try (SSLSocket socket = connect(to, host)) {
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return leaf.getSerialNumber().toString();
        } catch (IOException e) {
            return e.toString();
        }
    }
}

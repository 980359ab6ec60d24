package dev.weft.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Knocks at a sidecar's inbound port as a stranger: in plain text, and with TLS but without a certificate. Tells what came back. Blocks its
 * caller.
 */
final class PeerProof {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int URI_NAME = 6;

    private PeerProof() {}

    /**
     * @param identity the SPIFFE id in the certificate that the sidecar showed; empty where it showed none
     * @param trusted whether that certificate leads to the mesh's root
     * @param refused whether the stranger got nothing
     */
    record Stranger(Optional<String> identity, boolean trusted, boolean refused) {}

    /** Whether a plain HTTP request gets no HTTP answer. */
    static boolean plainTextRefused(int port) {
        try (Socket socket = connect(port)) {
            socket.getOutputStream()
                    .write("GET /reviews/1 HTTP/1.1\r\nhost: reviews\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            return !new String(answer, StandardCharsets.US_ASCII).startsWith("HTTP/");
        } catch (IOException e) {
            return true;
        }
    }

    /** A TLS 1.3 handshake without a client certificate. */
    static Stranger withoutCertificate(int port, Path rootCertificate) throws GeneralSecurityException, IOException {
        Recorder recorder = new Recorder();
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {recorder}, new SecureRandom());
        boolean refused;
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(connect(port), "127.0.0.1", port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            parameters.setApplicationProtocols(new String[] {"istio-http/1.1", "istio", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            // In TLS 1.3 a client learns of its refusal only when it reads.
            socket.getOutputStream()
                    .write("GET /reviews/1 HTTP/1.1\r\nhost: reviews\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            refused = socket.getInputStream().read() < 0;
        } catch (IOException e) {
            refused = true;
        }
        X509Certificate[] chain = recorder.shown.get();
        return new Stranger(
                chain.length == 0 ? Optional.empty() : identity(chain[0]),
                chain.length > 0 && leadsTo(rootCertificate, chain),
                refused);
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static Optional<String> identity(X509Certificate leaf) throws CertificateException {
        var names = leaf.getSubjectAlternativeNames();
        if (names == null) {
            return Optional.empty();
        }
        for (List<?> name : names) {
            if (Integer.valueOf(URI_NAME).equals(name.get(0))) {
                return Optional.of(String.valueOf(name.get(1)));
            }
        }
        return Optional.empty();
    }

    private static boolean leadsTo(Path rootCertificate, X509Certificate[] chain)
            throws GeneralSecurityException, IOException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        try (var in = Files.newInputStream(rootCertificate)) {
            X509Certificate root = (X509Certificate) factory.generateCertificate(in);
            List<X509Certificate> path =
                    Arrays.stream(chain).filter(each -> !each.equals(root)).toList();
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(path), parameters);
            return true;
        } catch (java.security.cert.CertPathValidatorException e) {
            return false;
        }
    }

    /** Notes the chain and lets the handshake go on: the judgement comes afterwards, by PKIX against the mesh's root. */
    private static final class Recorder extends X509ExtendedTrustManager {
        private final AtomicReference<X509Certificate[]> shown = new AtomicReference<>(new X509Certificate[0]);

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            shown.set(chain.clone());
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            shown.set(chain.clone());
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            shown.set(chain.clone());
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("never a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("never a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("never a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

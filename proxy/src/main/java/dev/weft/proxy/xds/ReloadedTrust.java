package dev.weft.proxy.xds;

import dev.weft.proxy.identity.KeyMaterial;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes in the roots of a file as it is at the moment of a handshake: the file is mounted and changes under a running proxy when
 * the mesh's root does, and a proxy that had read it once would never find its control plane again. A file that cannot be read or
 * parsed leaves the last good roots in force. Handshakes are rare, so the file is read for each. Guarded by itself.
 */
final class ReloadedTrust extends X509ExtendedTrustManager {
    private final Path file;
    private byte[] content;
    private X509ExtendedTrustManager current;

    /** @throws IllegalArgumentException when the file cannot be used */
    ReloadedTrust(Path file) {
        this.file = file;
        try {
            this.content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
        this.current = parse(content);
    }

    private static X509ExtendedTrustManager parse(byte[] pem) {
        try {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            int count = 0;
            for (X509Certificate root : KeyMaterial.trust(new String(pem, StandardCharsets.US_ASCII))
                    .roots()) {
                roots.setCertificateEntry("root" + count++, root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(roots);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("this Java runtime has no PKIX trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("cannot use the roots: " + e.getMessage(), e);
        }
    }

    private synchronized X509ExtendedTrustManager current() {
        try {
            byte[] now = Files.readAllBytes(file);
            if (!Arrays.equals(now, content)) {
                current = parse(now);
                content = now;
            }
        } catch (IOException | IllegalArgumentException unusable) {
            return current;
        }
        return current;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        current().checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        current().checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        current().checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("no clients are taken here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("no clients are taken here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no clients are taken here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return current().getAcceptedIssuers();
    }
}

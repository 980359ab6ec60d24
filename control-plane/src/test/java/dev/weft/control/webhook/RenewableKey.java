package dev.weft.control.webhook;

import dev.weft.testkit.TestCertificates;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** One server certificate at a time, as the control plane has it. */
final class RenewableKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "server";

    private final TestCertificates root;
    private volatile TestCertificates.Leaf leaf;

    RenewableKey(TestCertificates root) {
        this.root = root;
        this.leaf = root.leaf("localhost");
    }

    void renew() {
        leaf = root.leaf("localhost");
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return leaf.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return leaf.privateKey();
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return keyType.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }
}

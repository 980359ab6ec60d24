package dev.weft.proxy.identity;

import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the one certificate that we have, whatever authorities the other side says it likes.
 *
 * <p>The JDK's own manager presents nothing when none of them issued it; the other side then complains about a missing certificate
 * instead of naming the one it does not trust, and a rotation of roots fails earlier than it has to.
 */
final class OneKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final KeyMaterial.Identity identity;

    private OneKeyManager(KeyMaterial.Identity identity) {
        this.identity = identity;
    }

    /** A factory whose native form of the key is made once, not at every handshake. */
    static KeyManagerFactory factory(KeyMaterial.Identity identity, TlsEngine engine) {
        KeyManagerFactory plain = new Factory(new OneKeyManager(identity));
        return engine == TlsEngine.NATIVE ? new OpenSslCachingX509KeyManagerFactory(plain) : plain;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        for (String keyType : keyTypes) {
            if (fits(keyType)) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return chooseClientAlias(keyTypes, issuers, null);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return fits(keyType) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return fits(keyType) ? ALIAS : null;
    }

    /** Key types come as {@code EC}, {@code EC_EC}, {@code RSA}, {@code RSASSA-PSS}, {@code UNKNOWN} … by provider. */
    private boolean fits(String keyType) {
        String algorithm = identity.key().getAlgorithm();
        return keyType.startsWith(algorithm) || keyType.equals("UNKNOWN") || algorithm.startsWith("Ed");
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.key();
    }

    private static final class Factory extends KeyManagerFactory {
        Factory(OneKeyManager manager) {
            super(new Spi(manager), new NoProvider(), "one key");
        }
    }

    private static final class NoProvider extends Provider {
        NoProvider() {
            super("weft", "1", "key manager of one key");
        }
    }

    private static final class Spi extends KeyManagerFactorySpi {
        private final OneKeyManager manager;

        Spi(OneKeyManager manager) {
            this.manager = manager;
        }

        @Override
        protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {}

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {}

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {manager};
        }
    }
}

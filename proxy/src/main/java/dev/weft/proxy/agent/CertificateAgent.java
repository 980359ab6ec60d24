package dev.weft.proxy.agent;

import com.google.common.collect.ImmutableList;
import dev.weft.api.istio.v1.auth.IstioCertificateRequest;
import dev.weft.api.istio.v1.auth.IstioCertificateResponse;
import dev.weft.api.istio.v1.auth.IstioCertificateServiceGrpc;
import dev.weft.proxy.exchange.Backoff;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.xds.bootstrap.Bootstrap.AgentConfig;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the workload's certificate fresh: makes a key, has it signed, checks what came back, publishes it under {@code default} and
 * the root under {@code ROOTCA}, and begins again at a share of its life. Every certificate has a new key.
 *
 * <p>Confined to the control thread. While the authority cannot be reached the certificate in use stays; tries go on with backoff.
 */
public final class CertificateAgent {
    /** Istio's names of the workload's secrets. */
    public static final String WORKLOAD_SECRET = "default";

    public static final String TRUST_SECRET = "ROOTCA";

    private static final Logger LOG = LoggerFactory.getLogger(CertificateAgent.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final double JITTER = 0.01;
    private static final int URI_NAME = 6;

    private final IstioCertificateServiceGrpc.IstioCertificateServiceStub authority;
    private final AgentConfig config;
    private final SecretStore secrets;
    private final ScheduledExecutorService control;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Backoff backoff;
    private boolean closed;

    /** @param channel to the authority, the workload's credential included */
    public CertificateAgent(
            Channel channel,
            AgentConfig config,
            SecretStore secrets,
            ScheduledExecutorService control,
            InstantSource clock,
            RandomGenerator random) {
        this.authority = IstioCertificateServiceGrpc.newStub(channel);
        this.config = config;
        this.secrets = secrets;
        this.control = control;
        this.clock = clock;
        this.random = random;
        this.backoff = new Backoff(random);
    }

    public void start() {
        control.execute(this::ask);
    }

    public void close() {
        control.execute(() -> closed = true);
    }

    private void ask() {
        if (closed) {
            return;
        }
        KeyPair key = newKey();
        IstioCertificateRequest request = IstioCertificateRequest.newBuilder()
                .setCsr(CertificateRequest.pem(key, config.workloadIdentity()))
                .setValidityDuration(config.certificateValidity().toSeconds())
                .build();
        authority
                .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .createCertificate(request, new StreamObserver<>() {
                    @Override
                    public void onNext(IstioCertificateResponse response) {
                        control.execute(() -> take(key, response.getCertChainList()));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        Status status = Status.fromThrowable(failure);
                        control.execute(() -> retry(status.getCode() + ": " + status.getDescription()));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    private void take(KeyPair key, List<String> pems) {
        try {
            if (pems.isEmpty()) {
                throw new IllegalArgumentException("the authority answered without a certificate");
            }
            // The authority closes the chain with its roots, several of them while one follows another: they are what
            // the mesh trusts, and no
            // part of what is presented.
            int last = pems.size() - 1;
            ImmutableList<X509Certificate> presented = KeyMaterial.trust(
                            String.join("\n", pems.subList(0, Math.max(1, last))))
                    .roots();
            KeyMaterial.TrustBundle trust = KeyMaterial.trust(pems.get(last));
            X509Certificate leaf = presented.get(0);
            check(key, leaf);
            secrets.publish(TRUST_SECRET, trust);
            secrets.publish(WORKLOAD_SECRET, new KeyMaterial.Identity(presented, key.getPrivate()));
            backoff.reset();
            rotateLater(leaf);
        } catch (IllegalArgumentException refused) {
            retry(String.valueOf(refused.getMessage()));
        }
    }

    private void check(KeyPair key, X509Certificate leaf) {
        if (!leaf.getPublicKey().equals(key.getPublic())) {
            throw new IllegalArgumentException("the certificate is for another key than the one asked for");
        }
        List<String> names = uriNames(leaf);
        if (!names.contains(config.workloadIdentity())) {
            throw new IllegalArgumentException(
                    "the certificate names " + names + ", expected " + config.workloadIdentity());
        }
    }

    private static List<String> uriNames(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> name.get(0).equals(URI_NAME))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("the certificate's names cannot be read: " + e.getMessage(), e);
        }
    }

    private void rotateLater(X509Certificate leaf) {
        Instant now = clock.instant();
        long life = Duration.between(now, leaf.getNotAfter().toInstant()).toMillis();
        double ratio = config.rotationRatio() + (random.nextDouble() * 2 - 1) * JITTER;
        long wait = Math.max(1, (long) (life * ratio));
        LOG.info(
                "workload certificate in use identity={} serial={} notAfter={} nextInMillis={}",
                config.workloadIdentity(),
                leaf.getSerialNumber().toString(16),
                leaf.getNotAfter().toInstant(),
                wait);
        control.schedule(this::ask, wait, TimeUnit.MILLISECONDS);
    }

    private void retry(String reason) {
        long wait = backoff.next().toMillis();
        LOG.warn("no workload certificate reason={} retryMillis={}", reason, wait);
        control.schedule(this::ask, wait, TimeUnit.MILLISECONDS);
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot make P-256 keys", e);
        }
    }
}

package dev.weft.control.ca;

import dev.weft.api.istio.v1.auth.IstioCertificateRequest;
import dev.weft.api.istio.v1.auth.IstioCertificateResponse;
import dev.weft.api.istio.v1.auth.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Istio's certificate service over {@link CertificateAuthority}: what an agent of ours or of Istio's asks for its
 * workload certificate. Runs on the server's virtual threads, since a signature takes about a millisecond.
 */
public final class CertificateService extends IstioCertificateServiceImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);
    private static final String IMPERSONATED_IDENTITY = "ImpersonatedIdentity";

    private final CertificateAuthority authority;
    private final LongAdder issued = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder denied = new LongAdder();

    public CertificateService(CertificateAuthority authority) {
        this.authority = authority;
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> responses) {
        CallerIdentity caller = CallerInterceptor.caller();
        SigningOutcome outcome = request.getMetadata().containsFields(IMPERSONATED_IDENTITY)
                ? new SigningOutcome.Denied("metadata: " + IMPERSONATED_IDENTITY + " is not granted to this caller")
                : authority.sign(caller, request.getCsr(), lifetime(request.getValidityDuration()));
        switch (outcome) {
            case SigningOutcome.Issued done -> {
                issued.increment();
                responses.onNext(IstioCertificateResponse.newBuilder()
                        .addAllCertChain(done.chain())
                        .build());
                responses.onCompleted();
            }
            case SigningOutcome.Malformed fault -> {
                malformed.increment();
                responses.onError(
                        Status.INVALID_ARGUMENT.withDescription(fault.message()).asRuntimeException());
            }
            case SigningOutcome.Denied fault -> {
                denied.increment();
                LOG.warn(
                        "refused a certificate caller={}/{} pod={} reason=\"{}\"",
                        caller.namespace(),
                        caller.serviceAccount(),
                        caller.pod(),
                        fault.message());
                responses.onError(Status.PERMISSION_DENIED
                        .withDescription(fault.message())
                        .asRuntimeException());
            }
        }
    }

    public long issued() {
        return issued.sum();
    }

    public long malformed() {
        return malformed.sum();
    }

    public long denied() {
        return denied.sum();
    }

    /** A hostile number of seconds must not overflow on its way to the limit check. */
    private static Duration lifetime(long seconds) {
        return Duration.ofSeconds(Math.min(seconds, Integer.MAX_VALUE));
    }
}

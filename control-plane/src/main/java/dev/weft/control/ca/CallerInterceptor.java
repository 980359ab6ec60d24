package dev.weft.control.ca;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Instant;
import java.util.Iterator;
import java.util.Locale;

/**
 * First station of every gRPC call: no valid bearer token, no service. Puts the caller's identity where services find it.
 *
 * <p>Runs on the server's virtual threads; stateless.
 */
public final class CallerInterceptor implements ServerInterceptor {

    private static final Context.Key<Authentication.Authenticated> CALLER = Context.key("weft-caller");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    private final CallerAuthenticator authenticator;

    public CallerInterceptor(CallerAuthenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** Who makes the current call. Only inside a call that passed this interceptor. */
    public static CallerIdentity caller() {
        return authenticated().caller();
    }

    /** Until when the credential of the current call is good: what goes on for longer must end then. */
    public static Instant expires() {
        return authenticated().expires();
    }

    private static Authentication.Authenticated authenticated() {
        Authentication.Authenticated caller = CALLER.get();
        if (caller == null) {
            throw new AssertionError("service is reached without authentication");
        }
        return caller;
    }

    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
            ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        return switch (authenticate(headers)) {
            case Authentication.Authenticated good ->
                Contexts.interceptCall(Context.current().withValue(CALLER, good), call, headers, next);
            case Authentication.Refused refused -> {
                call.close(Status.UNAUTHENTICATED.withDescription(refused.reason()), new Metadata());
                yield new ServerCall.Listener<>() {};
            }
            case Authentication.Unavailable away -> {
                call.close(Status.UNAVAILABLE.withDescription(away.reason()), new Metadata());
                yield new ServerCall.Listener<>() {};
            }
        };
    }

    private Authentication authenticate(Metadata headers) {
        Iterable<String> values = headers.getAll(AUTHORIZATION);
        if (values == null) {
            return new Authentication.Refused("no credential: expected a bearer token in authorization");
        }
        Iterator<String> all = values.iterator();
        String value = all.next();
        // Two credentials in one call: whichever we took, somebody could have meant the other.
        if (all.hasNext()) {
            return new Authentication.Refused("more than one authorization header");
        }
        if (!value.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return new Authentication.Refused("authorization is not a bearer token");
        }
        return authenticator.authenticate(value.substring(SCHEME.length()).trim());
    }
}

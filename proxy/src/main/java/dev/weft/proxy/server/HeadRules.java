package dev.weft.proxy.server;

import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.RequestHead;
import org.jspecify.annotations.Nullable;

/** What a well-formed HTTP/1 head still has to fulfil, and what is filled in where it may be missing. */
final class HeadRules {
    private HeadRules() {}

    /** Why the head is refused; null if it is not. */
    static @Nullable FailureReason refusal(RequestHead head, ServerOptions options, ConnectionFacts facts) {
        ServerOptions.Http1 http1 = options.http1();
        if (head.protocol() == HttpProtocol.HTTP_1_0) {
            if (http1.http10() == ServerOptions.Http10.REJECT) {
                return FailureReason.LOW_VERSION;
            }
            if (!head.hasAuthority() && !http1.defaultHost().isEmpty()) {
                head.authority(http1.defaultHost());
            }
        }
        if (!head.hasAuthority()) {
            return FailureReason.MISSING_HOST;
        }
        if (http1.underscores() != ServerOptions.Underscores.ALLOW
                && !UnderscoreFields.areAcceptable(head.headers(), http1.underscores())) {
            return FailureReason.HTTP1_UNDERSCORE;
        }
        if (facts.tls() != null) {
            head.scheme(RequestHead.Scheme.HTTPS);
        }
        return null;
    }
}

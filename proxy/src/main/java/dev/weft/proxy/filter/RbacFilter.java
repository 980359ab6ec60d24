package dev.weft.proxy.filter;

import dev.weft.model.rbac.Rbac;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.FilterAction;
import dev.weft.proxy.exchange.HttpFilter;
import dev.weft.proxy.exchange.LocalReply;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Authorization of requests ({@code envoy.filters.http.rbac}): what the rules refuse is answered 403, and the details name the
 * policy. Shadow rules (dry run) are decided and counted only.
 */
public final class RbacFilter extends HttpFilter {
    private final @Nullable RbacConfig rules;
    private final @Nullable RbacConfig shadow;
    private final Counts counts = new Counts();

    public RbacFilter(String name, @Nullable RbacConfig rules, @Nullable RbacConfig shadow) {
        super(name, REQUEST_HEAD);
        this.rules = rules;
        this.shadow = shadow;
    }

    @Override
    public FilterAction onRequestHead(Exchange exchange, boolean end) {
        if (shadow != null) {
            boolean allowed =
                    Rbac.allowed(shadow, Rbac.match(shadow, exchange.request().facts(), exchange.facts()));
            (allowed ? counts.shadowAllowed : counts.shadowDenied).increment();
        }
        if (rules == null) {
            return FilterAction.CONTINUE;
        }
        RbacPolicy matched = Rbac.match(rules, exchange.request().facts(), exchange.facts());
        if (Rbac.allowed(rules, matched)) {
            counts.allowed.increment();
            return FilterAction.CONTINUE;
        }
        counts.denied.increment();
        LocalReply.of(FailureReason.RBAC_DENIED)
                .details("rbac_access_denied_matched_policy[" + (matched == null ? "none" : matched.name()) + "]")
                .send(exchange);
        return FilterAction.ANSWERED;
    }

    public Counts counts() {
        return counts;
    }

    /** How often the filter decided what; written by all loops. */
    public static final class Counts {
        private final LongAdder allowed = new LongAdder();
        private final LongAdder denied = new LongAdder();
        private final LongAdder shadowAllowed = new LongAdder();
        private final LongAdder shadowDenied = new LongAdder();

        public long allowed() {
            return allowed.sum();
        }

        public long denied() {
            return denied.sum();
        }

        public long shadowAllowed() {
            return shadowAllowed.sum();
        }

        public long shadowDenied() {
            return shadowDenied.sum();
        }
    }
}

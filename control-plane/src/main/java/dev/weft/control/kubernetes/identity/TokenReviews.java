package dev.weft.control.kubernetes.identity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the API server whose token it is. Stateless; blocks; safe for many threads. */
final class TokenReviews {

    private static final Logger LOG = LoggerFactory.getLogger(TokenReviews.class);

    /**
     * How many are asked for at a time. All proxies come at once when a control plane starts, and the connection to the API server carries a
     * bounded number of calls: one too many fails, and it might be the renewal of the leader's lease.
     */
    private static final int AT_ONCE = 32;

    private final KubernetesClient client;
    private final Semaphore calls = new Semaphore(AT_ONCE);

    TokenReviews(KubernetesClient client) {
        this.client = client;
    }

    /** What the API server says. */
    sealed interface Review {
        /** The token is good for one of the audiences asked for. */
        record Good(User user) implements Review {}

        record Bad(String reason) implements Review {}

        /** The API server did not answer. */
        record Away() implements Review {}
    }

    /** Whose token it is, as the API server's authenticator says. */
    record User(
            String name, String uid, ImmutableList<String> groups, ImmutableMap<String, ImmutableList<String>> extra) {

        String extra(String key) {
            ImmutableList<String> values = extra.getOrDefault(key, ImmutableList.of());
            return values.size() == 1 ? values.getFirst() : "";
        }
    }

    /** {@code audiences} empty: the API server's own. */
    Review review(String token, List<String> audiences) {
        TokenReviewStatus status;
        calls.acquireUninterruptibly();
        try {
            TokenReview answer = client.tokenReviews()
                    .create(new TokenReviewBuilder()
                            .withNewSpec()
                            .withToken(token)
                            .withAudiences(audiences)
                            .endSpec()
                            .build());
            status = answer == null ? null : answer.getStatus();
        } catch (KubernetesClientException e) {
            // The client's message may quote the request, so only its code is told.
            LOG.warn("token review failed code={} cause={}", e.getCode(), name(e.getCause()));
            return new Review.Away();
        } finally {
            calls.release();
        }
        if (status == null || status.getUser() == null || !Boolean.TRUE.equals(status.getAuthenticated())) {
            return new Review.Bad("the API server does not accept the token");
        }
        // An API server that knows no audiences answers without any: then nobody checked it.
        if (!audiences.isEmpty()
                && (status.getAudiences() == null
                        || status.getAudiences().stream().noneMatch(audiences::contains))) {
            return new Review.Bad("the token is not for the audience " + audiences.getFirst());
        }
        ImmutableMap.Builder<String, ImmutableList<String>> extra = ImmutableMap.builder();
        Map<String, List<String>> written = status.getUser().getExtra();
        if (written != null) {
            written.forEach((key, values) -> extra.put(key, ImmutableList.copyOf(values)));
        }
        return new Review.Good(new User(
                text(status.getUser().getUsername()),
                text(status.getUser().getUid()),
                status.getUser().getGroups() == null
                        ? ImmutableList.of()
                        : ImmutableList.copyOf(status.getUser().getGroups()),
                extra.buildOrThrow()));
    }

    private static String name(@org.jspecify.annotations.Nullable Throwable cause) {
        return cause == null ? "none" : cause.getClass().getSimpleName();
    }

    private static String text(@org.jspecify.annotations.Nullable String value) {
        return value == null ? "" : value;
    }
}

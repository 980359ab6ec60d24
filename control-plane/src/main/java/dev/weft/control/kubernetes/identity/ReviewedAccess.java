package dev.weft.control.kubernetes.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import dev.weft.control.ca.PageAccess;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets those read the control plane's pages who may {@code get services/proxy} of its Service: whoever may reach the pages through the API
 * server may reach them directly. Asks the API server twice, who it is and whether he may; remembers answers for half a minute by digest.
 * Safe for many threads; fails closed.
 */
public final class ReviewedAccess implements PageAccess {

    private static final Logger LOG = LoggerFactory.getLogger(ReviewedAccess.class);
    private static final Duration BELIEVED = Duration.ofSeconds(30);
    private static final int REMEMBERED = 1_000;
    private static final int MAX_CHARS = 16 * 1024;

    private final KubernetesClient client;
    private final TokenReviews reviews;
    private final String namespace;
    private final String service;
    private final InstantSource clock;
    private final Cache<HashCode, Known> known =
            CacheBuilder.newBuilder().maximumSize(REMEMBERED).build();

    public ReviewedAccess(KubernetesClient client, String namespace, String service, InstantSource clock) {
        this.client = client;
        this.reviews = new TokenReviews(client);
        this.namespace = namespace;
        this.service = service;
        this.clock = clock;
    }

    private record Known(Decision decision, Instant until) {}

    @Override
    public Decision decide(String bearerToken) {
        if (bearerToken.isEmpty() || bearerToken.length() > MAX_CHARS) {
            return Decision.UNAUTHENTICATED;
        }
        HashCode digest = Hashing.sha256().hashString(bearerToken, UTF_8);
        Known before = known.getIfPresent(digest);
        if (before != null && clock.instant().isBefore(before.until())) {
            return before.decision();
        }
        Decision decision = switch (reviews.review(bearerToken, ImmutableList.of())) {
            case TokenReviews.Review.Good(TokenReviews.User user) -> authorize(user);
            case TokenReviews.Review.Bad(String ignored) -> Decision.UNAUTHENTICATED;
            case TokenReviews.Review.Away() -> Decision.UNAVAILABLE;
        };
        if (decision != Decision.UNAVAILABLE) {
            known.put(digest, new Known(decision, clock.instant().plus(BELIEVED)));
        }
        return decision;
    }

    private Decision authorize(TokenReviews.User user) {
        Map<String, List<String>> extra = new HashMap<>();
        user.extra().forEach((key, values) -> extra.put(key, new ArrayList<>(values)));
        try {
            SubjectAccessReview answer = client.authorization()
                    .v1()
                    .subjectAccessReview()
                    .create(new SubjectAccessReviewBuilder()
                            .withNewSpec()
                            .withUser(user.name())
                            .withUid(user.uid())
                            .withGroups(user.groups())
                            .withExtra(extra)
                            .withNewResourceAttributes()
                            .withVerb("get")
                            .withResource("services")
                            .withSubresource("proxy")
                            .withNamespace(namespace)
                            .withName(service)
                            .endResourceAttributes()
                            .endSpec()
                            .build());
            return answer != null
                            && answer.getStatus() != null
                            && Boolean.TRUE.equals(answer.getStatus().getAllowed())
                    ? Decision.GRANTED
                    : Decision.FORBIDDEN;
        } catch (KubernetesClientException e) {
            LOG.warn("subject access review failed code={}", e.getCode());
            return Decision.UNAVAILABLE;
        }
    }
}

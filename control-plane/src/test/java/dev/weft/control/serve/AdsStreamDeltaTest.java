package dev.weft.control.serve;

import static dev.weft.control.cache.ResourceType.CLUSTER;
import static dev.weft.control.cache.ResourceType.ENDPOINT;
import static dev.weft.control.cache.ResourceType.LISTENER;
import static dev.weft.control.cache.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.cache.ResourceSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdsStreamDeltaTest {
    private AdsScript client;

    @BeforeEach
    void open() {
        client = new AdsScript(AdsStream.Variant.DELTA);
    }

    private void openAll() {
        client.target(CLUSTER, "a@1", "b@1")
                .target(ENDPOINT, "a@1", "b@1")
                .target(LISTENER, "l@1")
                .target(ROUTE, "r@1");
        client.publish();
        client.subscribe(CLUSTER);
        client.subscribe(ENDPOINT, "a", "b");
        client.subscribe(LISTENER);
        client.subscribe(ROUTE, "r");
        client.ackAll();
    }

    @Test
    void answersAWildcardWithEverything() {
        client.target(CLUSTER, "a@1", "b@1").publish();

        assertThat(client.subscribe(CLUSTER)).containsExactly("cds +a@1 +b@1");
        assertThat(client.ack()).isEmpty();
    }

    @Test
    void answersAWildcardEvenWithNothing() {
        client.publish();

        assertThat(client.subscribe(LISTENER)).containsExactly("lds");
    }

    @Test
    void waitsForTheFirstSnapshot() {
        assertThat(client.subscribe(CLUSTER)).isEmpty();

        assertThat(client.target(CLUSTER, "a@1").publish()).containsExactly("cds +a@1");
    }

    @Test
    void sendsOnlyWhatChanged() {
        openAll();

        assertThat(client.target(CLUSTER, "a@1", "b@2").publish()).containsExactly("cds +b@2", "eds +b@1");
    }

    @Test
    void sendsOneEndpointChangeAlone() {
        openAll();

        assertThat(client.target(ENDPOINT, "a@2", "b@1").publish()).containsExactly("eds +a@2");
        assertThat(client.ackAll()).isEmpty();
    }

    @Test
    void takesBackWhatWasSentOnTheWayToASnapshotThatDidNotLast() {
        openAll();
        ResourceSnapshot before = client.snapshot();

        assertThat(client.target(ENDPOINT, "a@2", "c@1").publishOne()).containsExactly("eds +a@2");
        assertThat(client.back(before).publish()).containsExactly("eds +a@1");
    }

    @Test
    void sendsAgainWhatWasSaidToBeGoneOnTheWayToASnapshotThatDidNotLast() {
        openAll();
        ResourceSnapshot before = client.snapshot();

        assertThat(client.target(ROUTE).publishOne()).containsExactly("rds -r");
        assertThat(client.back(before).publish()).containsExactly("rds +r@1");
    }

    @Test
    void resumesByVersionWithoutSendingAnything() {
        client.target(CLUSTER, "a@1", "b@1").publish();

        assertThat(client.change(CLUSTER, List.of(), List.of(), Map.of("a", "1", "b", "1")))
                .isEmpty();
        assertThat(client.events).hasAtLeastOneElementOfType(AdsEvent.InSync.class);
    }

    @Test
    void resumesWithTheDifference() {
        client.target(CLUSTER, "a@1", "b@2").publish();

        assertThat(client.change(CLUSTER, List.of(), List.of(), Map.of("a", "1", "b", "1", "gone", "1")))
                .containsExactly("cds +b@2", "cds -gone");
    }

    /** They may be those of a cluster that has been replaced since, and whose successor waits for its own. */
    @Test
    void givesAnEnvoyTheEndpointsThatItSaysItHas() {
        client = new AdsScript(AdsStream.Variant.DELTA, "envoy");
        client.target(CLUSTER, "a@2").target(ENDPOINT, "a@1", "b@1").publish();

        assertThat(client.change(CLUSTER, List.of(), List.of(), Map.of("a", "2")))
                .isEmpty();
        assertThat(client.change(ENDPOINT, List.of("a", "b"), List.of(), Map.of("a", "1", "b", "1")))
                .containsExactly("eds +a@1 +b@1");
        assertThat(client.ack()).isEmpty();
    }

    @Test
    void saysThatASubscribedNameDoesNotExistOnce() {
        client.target(ROUTE, "r@1").publish();

        assertThat(client.subscribe(ROUTE, "r", "nowhere")).containsExactly("rds +r@1 -nowhere");
        assertThat(client.publish()).isEmpty();
        assertThat(client.target(ROUTE, "r@1", "nowhere@1").publish()).containsExactly("rds +nowhere@1");
    }

    @Test
    void sendsAgainWhatIsSubscribedAgain() {
        client.target(ROUTE, "r@1").publish();
        client.subscribe(ROUTE, "r");
        client.ackAll();

        assertThat(client.change(ROUTE, List.of("r"), List.of("r"), Map.of())).isEmpty();
        assertThat(client.subscribe(ROUTE, "r")).containsExactly("rds +r@1");
    }

    @Test
    void honoursASubscriptionInsideAStaleRequest() {
        client.target(ENDPOINT, "a@1", "b@1").publish();
        client.subscribe(ENDPOINT, "a");

        List<String> sent = client.take(new AdsRequest(
                ENDPOINT.url(),
                "no such nonce",
                Optional.empty(),
                new AdsRequest.Change(
                        com.google.common.collect.ImmutableList.of("b"),
                        com.google.common.collect.ImmutableList.of(),
                        com.google.common.collect.ImmutableMap.of())));

        assertThat(sent).containsExactly("eds +b@1");
        assertThat(client.events).contains(new AdsEvent.StaleNonce(ENDPOINT));
    }

    @Test
    void settlesANameThatLeavesAWildcard() {
        client.target(CLUSTER, "a@1").publish();
        client.subscribe(CLUSTER, "*", "a", "x");
        client.ackAll();

        assertThat(client.change(CLUSTER, List.of(), List.of("a"), Map.of())).containsExactly("cds +a@1");
        client.ackAll();
        assertThat(client.change(CLUSTER, List.of(), List.of("x"), Map.of())).containsExactly("cds -x");
    }

    @Test
    void keepsNamesWhenTheWildcardIsGivenUp() {
        client.target(CLUSTER, "a@1", "b@1").publish();
        client.subscribe(CLUSTER, "*", "a");
        client.ackAll();

        client.change(CLUSTER, List.of(), List.of("*"), Map.of());

        assertThat(client.target(CLUSTER, "a@2", "b@2").publish()).containsExactly("cds +a@2");
    }

    @Test
    void doesNotRepeatWhatWasRejectedUntilItChanges() {
        openAll();
        client.target(ROUTE, "r@2").publish();

        assertThat(client.reject("route r: bad regex")).isEmpty();

        assertThat(client.events)
                .contains(new AdsEvent.Rejected(
                        ROUTE,
                        client.events.stream()
                                .filter(AdsEvent.Rejected.class::isInstance)
                                .map(event -> ((AdsEvent.Rejected) event).version())
                                .findFirst()
                                .orElseThrow(),
                        "route r: bad regex",
                        Optional.of("r")));
        assertThat(client.publish()).isEmpty();
        assertThat(client.target(ROUTE, "r@3").publish()).containsExactly("rds +r@3");
    }

    @Test
    void isInSyncAgainWhenTheClientNoLongerAsksForWhatItRejected() {
        openAll();
        client.target(ROUTE, "r@2").publish();
        client.reject("route r: bad regex");
        client.events.clear();

        client.change(ROUTE, List.of(), List.of("r"), Map.of());

        assertThat(client.events).hasSize(1).allMatch(AdsEvent.InSync.class::isInstance);
    }

    @Test
    void holdsARouteUntilItsNewClusterHasEndpoints() {
        openAll();

        assertThat(client.target(CLUSTER, "a@1", "b@1", "c@1")
                        .target(ENDPOINT, "a@1", "b@1", "c@1")
                        .target(ROUTE, "r@2")
                        .publish())
                .containsExactly("cds +c@1");
        assertThat(client.subscribe(ENDPOINT, "c")).containsExactly("eds +c@1");
        assertThat(client.ack()).as("after the cluster's ack").isEmpty();
        assertThat(client.ack()).as("after the endpoints' ack").containsExactly("rds +r@2");
    }

    @Test
    void givesARouteOutToAClientThatNeverWarms() {
        openAll();
        client.target(CLUSTER, "a@1", "b@1", "c@1")
                .target(ENDPOINT, "a@1", "b@1", "c@1")
                .target(ROUTE, "r@2")
                .publish();

        assertThat(client.pass(AdsStream.PATIENCE.minusMillis(1))).isEmpty();
        assertThat(client.stream.wakeAfter()).hasValue(Duration.ofMillis(1).toNanos());
        assertThat(client.pass(Duration.ofMillis(1))).containsExactly("rds +r@2");
    }

    @Test
    void removesAClusterOnlyAfterTheRouteThatNamedIt() {
        openAll();

        assertThat(client.target(CLUSTER, "a@1")
                        .target(ENDPOINT, "a@1")
                        .target(ROUTE, "r@2")
                        .publish())
                .containsExactly("rds +r@2");
        assertThat(client.ack()).containsExactly("cds -b", "eds -b");
    }

    @Test
    void keepsARemovedClusterWhileTheRouteIsRejected() {
        openAll();
        client.target(CLUSTER, "a@1")
                .target(ENDPOINT, "a@1")
                .target(ROUTE, "r@2")
                .publish();

        assertThat(client.reject("no")).isEmpty();
        assertThat(client.pass(Duration.ofHours(1))).isEmpty();
        assertThat(client.target(ROUTE, "r@3").publish()).containsExactly("rds +r@3");
        assertThat(client.ack()).containsExactly("cds -b", "eds -b");
    }

    @Test
    void forcesEndpointsAfterAClusterChanged() {
        openAll();

        assertThat(client.target(CLUSTER, "a@2", "b@1").publish()).containsExactly("cds +a@2", "eds +a@1");
    }

    @Test
    void splitsWhatIsTooLargeForOneResponse() {
        client.large(CLUSTER, 5, 100_000).publish();

        assertThat(client.subscribe(CLUSTER)).containsExactly("cds +r0@1 +r1@1", "cds +r2@1 +r3@1", "cds +r4@1");
        assertThat(client.ackAll()).isEmpty();
    }

    @Test
    void mergesSnapshotsForAClientThatIsSlow() {
        openAll();

        client.target(ENDPOINT, "a@2", "b@1");
        client.stream.onSnapshot(dev.weft.control.cache.ResourceSnapshot.EMPTY);

        assertThat(client.target(ENDPOINT, "a@3", "b@1").publish()).containsExactly("eds +a@3");
    }

    @Test
    void namesATypeThatIsNotServed() {
        String runtime = "type.googleapis.com/envoy.service.runtime.v3.Runtime";

        assertThat(client.take(new AdsRequest(
                        runtime,
                        "",
                        Optional.empty(),
                        new AdsRequest.Change(
                                com.google.common.collect.ImmutableList.of("default"),
                                com.google.common.collect.ImmutableList.of(),
                                com.google.common.collect.ImmutableMap.of()))))
                .isEmpty();
        assertThat(client.events).containsExactly(new AdsEvent.Unserved(runtime));
    }
}

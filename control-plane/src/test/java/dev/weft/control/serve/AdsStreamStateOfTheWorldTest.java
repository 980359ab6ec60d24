package dev.weft.control.serve;

import static dev.weft.control.cache.ResourceType.CLUSTER;
import static dev.weft.control.cache.ResourceType.ENDPOINT;
import static dev.weft.control.cache.ResourceType.LISTENER;
import static dev.weft.control.cache.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdsStreamStateOfTheWorldTest {
    private AdsScript client;

    @BeforeEach
    void open() {
        client = new AdsScript(AdsStream.Variant.STATE_OF_THE_WORLD);
        client.target(CLUSTER, "a@1", "b@1")
                .target(ENDPOINT, "a@1", "b@1")
                .target(LISTENER, "l@1")
                .target(ROUTE, "r@1");
        client.publish();
    }

    private void openAll() {
        client.subscribe(CLUSTER);
        client.ack();
        client.subscribe(ENDPOINT, "a", "b");
        client.ack("a", "b");
        client.subscribe(LISTENER);
        client.ack();
        client.subscribe(ROUTE, "r");
        client.ack("r");
    }

    @Test
    void sendsAllClustersWhenOneChanges() {
        openAll();

        assertThat(client.target(CLUSTER, "a@1", "b@2").publish()).containsExactly("cds +a@1 +b@2", "eds +b@1");
    }

    @Test
    void sendsOnlyTheEndpointsThatChanged() {
        openAll();

        assertThat(client.target(ENDPOINT, "a@2", "b@1").publish()).containsExactly("eds +a@2");
    }

    @Test
    void dropsARequestThatAnswersAnOldResponse() {
        client.subscribe(CLUSTER);
        Push first = client.oldest();
        client.target(CLUSTER, "a@2", "b@1").publish();

        assertThat(client.answer(first, Optional.empty(), "a")).isEmpty();
        assertThat(client.ack()).as("still everything").isEmpty();
        assertThat(client.target(CLUSTER, "a@2", "b@2").publish()).containsExactly("cds +a@2 +b@2");
    }

    @Test
    void sendsANameThatIsAddedWithAnAcknowledgement() {
        client.subscribe(ENDPOINT, "a");

        assertThat(client.ack("a", "b")).containsExactly("eds +b@1");
        assertThat(client.ack("a", "b")).isEmpty();
    }

    @Test
    void takesAnEmptyListAfterNamesAsNothing() {
        client.subscribe(CLUSTER, "a");

        assertThat(client.ack()).containsExactly("cds");
        client.ack();
        assertThat(client.target(CLUSTER, "a@2", "b@1").publish()).isEmpty();
    }

    @Test
    void combinesWildcardAndNames() {
        assertThat(client.subscribe(CLUSTER, "*", "a")).containsExactly("cds +a@1 +b@1");
        assertThat(client.ack("a")).containsExactly("cds +a@1");
    }

    @Test
    void answersTheFirstRequestOfAStreamEvenIfTheClientHasTheVersion() {
        assertThat(client.request(LISTENER, "nonce of an earlier stream", Optional.empty()))
                .containsExactly("lds +l@1");
    }

    @Test
    void keepsARemovedClusterInTheListUntilTheRouteIsTaken() {
        openAll();

        assertThat(client.target(CLUSTER, "a@2", "c@1")
                        .target(ENDPOINT, "a@1", "c@1")
                        .target(ROUTE, "r@2")
                        .publish())
                .containsExactly("cds +a@2 +b@1 +c@1", "eds +a@1");
        client.ack();
        client.ack("a", "b");
        assertThat(client.request(ENDPOINT, "2", Optional.empty(), "a", "b", "c"))
                .isEmpty();
    }

    @Test
    void removesAClusterByAbsenceAfterTheRouteIsTaken() {
        openAll();

        assertThat(client.target(CLUSTER, "a@1")
                        .target(ENDPOINT, "a@1")
                        .target(ROUTE, "r@2")
                        .publish())
                .containsExactly("rds +r@2");
        assertThat(client.ack("r")).containsExactly("cds +a@1");
    }

    @Test
    void keepsTheLastGoodVersionInForceAfterARejection() {
        openAll();
        client.target(LISTENER, "l@2").publish();

        assertThat(client.reject("l: address in use")).isEmpty();
        assertThat(client.target(LISTENER, "l@1").publish()).containsExactly("lds +l@1");
    }
}

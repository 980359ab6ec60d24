package dev.weft.control.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.SourceState;
import dev.weft.control.source.StatusCondition;
import dev.weft.resources.Resource;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.ResourceStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationStatusesTest {
    private static final ValidationStatuses.Proxies ALL_WELL = new ValidationStatuses.Proxies(3, 0);

    private static ImmutableList<ObjectStatus> statuses(String yaml, ValidationStatuses.Proxies proxies) {
        ResourceStore store = ResourceStore.EMPTY.replaceAll(List.of(new ResourceParser().parse("objects", yaml)));
        return ValidationStatuses.of(new SourceState(store.all(Resource.class), store.problems()), proxies);
    }

    private static String service(String http) {
        return """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: shop, generation: 7}
            spec: {hosts: [reviews], http: [%s]}
            """.formatted(http);
    }

    private static final String GOOD = "{route: [{destination: {host: reviews}}]}";
    private static final String BAD = "{route: [{destination: {host: reviews}, weight: -1}]}";

    @Test
    void saysThatAnObjectIsGoodAndHowManyProxiesRunIt() {
        ObjectStatus.Validated status =
                (ObjectStatus.Validated) statuses(service(GOOD), ALL_WELL).getFirst();

        assertThat(status.target().object()).isEqualTo("VirtualService.networking.istio.io shop/reviews");
        assertThat(status.target().generation()).isEqualTo(7);
        assertThat(status.conditions())
                .containsExactly(
                        StatusCondition.holds("PassedValidation", "NoErrorsFound", ""),
                        StatusCondition.holds("Reconciled", "Reconciled", "3/3 proxies up to date"));
        assertThat(status.validations()).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithAnObjectThatIsNotInForce() {
        ObjectStatus.Validated status =
                (ObjectStatus.Validated) statuses(service(BAD), ALL_WELL).getFirst();

        assertThat(status.target().name()).isEqualTo("reviews");
        assertThat(status.conditions().getFirst().state()).isEqualTo(StatusCondition.State.FALSE);
        assertThat(status.conditions().getFirst().message()).contains("spec.http[0].route[0].weight");
        assertThat(status.conditions().getLast().reason()).isEqualTo("NotInForce");
        assertThat(status.validations())
                .extracting(ObjectStatus.Validation::level)
                .containsOnly("ERROR");
    }

    @Test
    void saysThatProxiesAreBehind() {
        ObjectStatus.Validated status = (ObjectStatus.Validated)
                statuses(service(GOOD), new ValidationStatuses.Proxies(3, 1)).getFirst();

        assertThat(status.conditions().getLast())
                .isEqualTo(StatusCondition.fails("Reconciled", "ProxiesBehind", "2/3 proxies up to date"));
    }

    @Test
    void leavesAloneWhatIsNotIstiosOrNotFromAnApiServer() {
        assertThat(statuses("""
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop, generation: 1}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: shop}
            spec: {hosts: [reviews], http: [%s]}
            """.formatted(GOOD), ALL_WELL)).isEmpty();
    }
}

package dev.weft.model.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.Literal;
import dev.weft.model.match.RequestFactsOf;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static VirtualHost host(String name, String... domains) {
        return VirtualHost.of(
                name,
                ImmutableList.copyOf(domains),
                ImmutableList.of(Route.of(name, RouteMatch.ANY, Forward.to(name))));
    }

    private static RouteTable table(boolean ignorePort, VirtualHost... hosts) {
        return RouteTable.of(new RouteConfig("t", ImmutableList.copyOf(Arrays.asList(hosts)), ignorePort, 4096));
    }

    private static String found(RouteTable table, String authority) {
        Route route = table.match(RequestFactsOf.of("GET", authority, "/"));
        return route == null ? "none" : route.name();
    }

    @Test
    void exactBeatsLongestSuffixBeatsLongestPrefixBeatsAny() {
        RouteTable table = table(
                false,
                host("any", "*"),
                host("short", "*.example"),
                host("long", "*.shop.example"),
                host("prefix", "www.*"),
                host("exact", "a.shop.example"));

        assertThat(found(table, "a.shop.example")).isEqualTo("exact");
        assertThat(found(table, "b.shop.example")).isEqualTo("long");
        assertThat(found(table, "www.example")).isEqualTo("short");
        assertThat(found(table, "www.other")).isEqualTo("prefix");
        assertThat(found(table, "other")).isEqualTo("any");
    }

    @Test
    void wildcardStandsForAtLeastOneCharacter() {
        RouteTable table = table(false, host("suffix", "*.example"), host("prefix", "www.*"));

        assertThat(found(table, ".example")).isEqualTo("none");
        assertThat(found(table, "www.")).isEqualTo("none");
    }

    @Test
    void namesIgnoreCaseAndPortsWhereAsked() {
        VirtualHost a = host("a", "a", "[::1]");

        assertThat(found(table(true, a), "A:9080")).isEqualTo("a");
        assertThat(found(table(true, a), "[::1]:80")).isEqualTo("a");
        assertThat(found(table(false, a), "a:9080")).isEqualTo("none");
    }

    @Test
    void refusesADomainInTwoHosts() {
        assertThatThrownBy(() -> table(false, host("one", "a"), host("two", "b", "A")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'A'");
    }

    @Test
    void sharesOfASplitFollowTheWeights() {
        Forward.WeightedClusters split = new Forward.WeightedClusters(
                ImmutableList.of(Forward.WeightedCluster.of("one", 1), Forward.WeightedCluster.of("three", 3)));

        assertThat(split.pick(0).name()).isEqualTo("one");
        assertThat(split.pick(1).name()).isEqualTo("three");
        assertThat(split.pick(3).name()).isEqualTo("three");
        assertThat(split.pick(4).name()).isEqualTo("one");
        assertThat(split.pick(-1).name()).isIn("one", "three");
    }

    @Test
    void prefixesAreRawUnlessTheyAreBySegment() {
        RequestFactsOf longer = RequestFactsOf.of("GET", "a", "/foobar?x=/foo");
        RequestFactsOf below = RequestFactsOf.of("GET", "a", "/foo/bar");

        assertThat(RouteMatch.path(PathMatch.prefix("/foo")).matches(longer)).isTrue();
        assertThat(RouteMatch.path(new PathMatch.SeparatedPrefix(Literal.of("/foo")))
                        .matches(longer))
                .isFalse();
        assertThat(RouteMatch.path(new PathMatch.SeparatedPrefix(Literal.of("/foo")))
                        .matches(below))
                .isTrue();
    }
}

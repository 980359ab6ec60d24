package dev.weft.resources.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostNameTest {
    @Test
    void expandsOnlyNamesWithoutADotAndWithTheNamespaceOfTheRule() {
        assertThat(HostName.expand("reviews", "shop", "cluster.local")).isEqualTo("reviews.shop.svc.cluster.local");
        assertThat(HostName.expand("Reviews", "shop", "mesh.example")).isEqualTo("reviews.shop.svc.mesh.example");
        assertThat(HostName.expand("reviews.shop", "other", "cluster.local")).isEqualTo("reviews.shop");
        assertThat(HostName.expand("*", "shop", "cluster.local")).isEqualTo("*");
        assertThat(HostName.expand("*.shop", "x", "cluster.local")).isEqualTo("*.shop");
        assertThat(HostName.expand("::1", "shop", "cluster.local")).isEqualTo("::1");
    }

    @Test
    void letsAWildcardStandForAnyNumberOfLabelsButNotForNone() {
        assertThat(HostName.matches("*.example.com", "a.example.com")).isTrue();
        assertThat(HostName.matches("*.example.com", "a.b.EXAMPLE.com")).isTrue();
        assertThat(HostName.matches("*.example.com", "example.com")).isFalse();
        assertThat(HostName.matches("*.example.com", ".example.com")).isFalse();
        assertThat(HostName.matches("*", "anything")).isTrue();
        assertThat(HostName.matches("*.example.com", "*.a.example.com")).isTrue();
        assertThat(HostName.matches("*.a.example.com", "*.example.com")).isFalse();
        assertThat(HostName.matches("a.example.com", "*.example.com")).isFalse();
    }

    @Test
    void overlapsWhereEitherHoldsTheOther() {
        assertThat(HostName.overlap("*.example.com", "a.example.com")).isTrue();
        assertThat(HostName.overlap("a.example.com", "*.example.com")).isTrue();
        assertThat(HostName.overlap("*.example.com", "*.example.org")).isFalse();
    }

    @Test
    void prefersTheNameThenTheLongestWildcard() {
        List<String> patterns = ImmutableList.of("*", "*.local", "*.svc.cluster.local", "a.b.svc.cluster.local");

        assertThat(HostName.mostSpecific(patterns, "a.b.svc.cluster.local")).contains("a.b.svc.cluster.local");
        assertThat(HostName.mostSpecific(patterns, "c.b.svc.cluster.local")).contains("*.svc.cluster.local");
        assertThat(HostName.mostSpecific(patterns, "x")).contains("*");
        assertThat(HostName.mostSpecific(ImmutableList.of("*.org"), "x")).isEmpty();
    }

    @Test
    void showsAnObjectToWhomItIsExported() {
        assertThat(Exports.visible(ImmutableSet.of("*"), "a", "b")).isTrue();
        assertThat(Exports.visible(ImmutableSet.of("."), "a", "a")).isTrue();
        assertThat(Exports.visible(ImmutableSet.of("."), "a", "b")).isFalse();
        assertThat(Exports.visible(ImmutableSet.of("b", "c"), "a", "c")).isTrue();
        assertThat(Exports.visible(ImmutableSet.of("b"), "a", "a")).isFalse();
        assertThat(Exports.visible(ImmutableSet.of("~"), "a", "a")).isFalse();
    }

    @Test
    void tellsHowFarAnObjectReaches() {
        assertThat(Exports.reach(ImmutableSet.of("."), "a")).isEqualTo(Exports.Reach.OWN_NAMESPACE);
        assertThat(Exports.reach(ImmutableSet.of("a"), "a")).isEqualTo(Exports.Reach.OWN_NAMESPACE);
        assertThat(Exports.reach(ImmutableSet.of(".", "b"), "a")).isEqualTo(Exports.Reach.NAMED_NAMESPACES);
        assertThat(Exports.reach(ImmutableSet.of("*"), "a")).isEqualTo(Exports.Reach.EVERYBODY);
        assertThat(Exports.reach(ImmutableSet.of("~"), "a")).isEqualTo(Exports.Reach.NOBODY);
    }
}

package dev.weft.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CidrTest {
    @Test
    void printsRangesAsTheKernelsToolsDo() {
        assertThat(Cidr.parse("10.1.2.3/8")).hasToString("10.0.0.0/8");
        assertThat(Cidr.parse("10.1.2.3")).hasToString("10.1.2.3/32");
        assertThat(Cidr.parse("::6")).hasToString("::6/128");
        assertThat(Cidr.parse("::/0")).hasToString("::/0");
        assertThat(Cidr.parse("2001:0db8:0:0:1:0:0:1")).hasToString("2001:db8::1:0:0:1/128");
        assertThat(Cidr.parse("2001:db8:0:1:1:1:1:1")).hasToString("2001:db8:0:1:1:1:1:1/128");
        assertThat(Cidr.parse("fd00:1:2::ffff/48")).hasToString("fd00:1:2::/48");
    }

    @Test
    void asksNoNameServer() {
        assertThatThrownBy(() -> Cidr.parse("example.com/8")).hasMessageContaining("'example.com/8' is no IP address");
        assertThatThrownBy(() -> Cidr.parse("10.0.0.0/x")).hasMessageContaining("no prefix length");
    }
}

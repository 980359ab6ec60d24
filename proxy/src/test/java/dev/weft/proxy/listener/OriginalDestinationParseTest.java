package dev.weft.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class OriginalDestinationParseTest {
    @Test
    void readsBothFamilies() {
        assertThat(OriginalDestination.parse(answer(2, "00500a000001" + "0000000000000000")))
                .hasToString("/10.0.0.1:80");
        assertThat(OriginalDestination.parse(
                        answer(10, "1f90" + "00000000" + "20010db8000000000000000000000001" + "00000000")))
                .hasToString("/[2001:db8:0:0:0:0:0:1]:8080");
    }

    @Test
    void whatIsNoAddressIsNone() {
        assertThat(OriginalDestination.parse(answer(0, "00500a0000010000000000000000")))
                .isNull();
        assertThat(OriginalDestination.parse(answer(2, "0000000000000000000000000000")))
                .isNull();
        assertThat(OriginalDestination.parse(answer(2, "0050000000000000000000000000")))
                .isNull();
        assertThat(OriginalDestination.parse(answer(10, "00500a0000010000000000000000")))
                .isNull();
        assertThat(OriginalDestination.parse(ByteBuffer.allocate(2))).isNull();
    }

    private static ByteBuffer answer(int family, String hex) {
        byte[] rest = HexFormat.of().parseHex(hex);
        return ByteBuffer.allocate(2 + rest.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) family)
                .put(rest)
                .flip();
    }
}

package dev.weft.proxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RpcStatusTest {
    private final Headers fields = new Headers();

    @ParameterizedTest
    @CsvSource({
        "400, INTERNAL",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "404, UNIMPLEMENTED",
        "429, UNAVAILABLE",
        "502, UNAVAILABLE",
        "503, UNAVAILABLE",
        "504, UNAVAILABLE",
        "200, UNKNOWN",
        "500, UNKNOWN"
    })
    void anAnswerWithoutGrpcStatusReadsAsItsHttpStatus(int http, Status.Code code) {
        assertThat(RpcStatus.of(http, fields).getCode()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "a%20b, a b",
        "100%25, 100%",
        "%C3%A4, ä",
        "50% off, 50% off",
        "end%, end%",
        "end%4, end%4"
    })
    void messagesArePercentDecoded(String sent, String read) {
        fields.add(HeaderName.GRPC_STATUS, "3");
        fields.add(HeaderName.GRPC_MESSAGE, sent);

        Status status = RpcStatus.of(200, fields);

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).isEqualTo(read);
    }

    @Test
    void aStatusThatIsNoNumberIsUnknown() {
        fields.add(HeaderName.GRPC_STATUS, "fine");

        assertThat(RpcStatus.of(200, fields).toString()).contains("UNKNOWN", "'fine'");
    }

    @ParameterizedTest
    @CsvSource({
        "UPSTREAM_CLOSED, '', UNAVAILABLE",
        "CONNECT_TIMEOUT, '', UNAVAILABLE",
        "UPSTREAM_REFUSED_STREAM, '', UNAVAILABLE",
        "UPSTREAM_PROTOCOL, '', INTERNAL",
        "UPSTREAM_RESET, CANCEL, CANCELLED",
        "UPSTREAM_RESET, ENHANCE_YOUR_CALM, RESOURCE_EXHAUSTED",
        "UPSTREAM_RESET, INTERNAL_ERROR, INTERNAL"
    })
    void endsOfStreamsReadAsGrpcSaysIt(FailureReason reason, String detail, Status.Code code) {
        assertThat(RpcStatus.ofReset(reason, detail).getCode()).isEqualTo(code);
    }

    @Test
    void metadataHoldsAllButTheStatus() {
        fields.add(HeaderName.GRPC_STATUS, "0");
        fields.add(HeaderName.of("x-text"), "one");
        fields.add(HeaderName.of("x-bytes-bin"), "AQID,BA==");
        fields.add(HeaderName.of("x-broken-bin"), "!");

        Metadata metadata = RpcStatus.metadata(fields);

        assertThat(metadata.keys()).containsExactlyInAnyOrder("x-text", "x-bytes-bin");
        assertThat(metadata.getAll(Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER)))
                .containsExactly(new byte[] {1, 2, 3}, new byte[] {4});
    }
}

package dev.weft.xds.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.weft.xds.Decoded;
import dev.weft.xds.Dialect;
import dev.weft.xds.ListenerModels;
import dev.weft.xds.Models;
import dev.weft.xds.RouteModels;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.encode.EncodedResource;
import dev.weft.xds.encode.XdsEncoder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes from outside may be anything: the answer is a problem or a model, never an exception. */
class MalformedBytesTest {
    private final XdsDecoder decoder = new XdsDecoder(new OnDemandDescriptors());
    private final Random random = new Random(7);

    @Test
    void damagedResourcesAreProblemsOrOtherModelsButNoException() {
        XdsEncoder encoder = new XdsEncoder(Dialect.WEFT);
        int rejected = 0;
        for (int seed = 0; seed < 60; seed++) {
            Models models = new Models(seed);
            for (EncodedResource resource : List.of(
                    encoder.listener(new ListenerModels(models).listener()),
                    encoder.routes(new RouteModels(models).routes()),
                    encoder.cluster(models.cluster()),
                    encoder.endpoints(models.endpoints("c")))) {
                for (int i = 0; i < 10; i++) {
                    Any damaged = resource.any().toBuilder()
                            .setValue(damage(resource.bytes()))
                            .build();
                    rejected += decoder.resource(damaged) instanceof Decoded.Rejected<?> ? 1 : 0;
                }
            }
        }

        assertThat(rejected).isGreaterThan(500);
    }

    private ByteString damage(ByteString bytes) {
        byte[] copy = bytes.toByteArray();
        if (copy.length == 0) {
            return ByteString.copyFrom(new byte[] {(byte) random.nextInt(), 1});
        }
        if (random.nextBoolean()) {
            return ByteString.copyFrom(copy, 0, random.nextInt(copy.length));
        }
        for (int i = 0; i < 3; i++) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt();
        }
        return ByteString.copyFrom(copy);
    }

    @Test
    void endlessNestingIsAProblem() {
        ByteString rule = ByteString.copyFrom(new byte[] {0x18, 1});
        for (int i = 0; i < 5000; i++) {
            // Permission.not_rule = 8
            rule = ByteString.copyFrom(new byte[] {0x42})
                    .concat(varint(rule.size()))
                    .concat(rule);
        }
        var policy = io.envoyproxy.envoy.config.rbac.v3.Policy.newBuilder();
        ByteString field = ByteString.copyFrom(new byte[] {0x0A})
                .concat(varint(rule.size()))
                .concat(rule);

        assertThat(decoder.listener(field.concat(policy.build().toByteString())))
                .isInstanceOf(Decoded.Rejected.class);
    }

    private static ByteString varint(int value) {
        byte[] bytes = new byte[5];
        int length = 0;
        int rest = value;
        while (rest >= 0x80) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return ByteString.copyFrom(bytes, 0, length);
    }
}

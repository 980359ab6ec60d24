package dev.weft.xds.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.xds.api.ApiType;
import dev.weft.xds.api.ApiTypes;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.FieldKind;
import dev.weft.xds.descriptor.FieldType;
import dev.weft.xds.descriptor.MessageType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FieldTableTest {
    private static final Set<String> SPELLED_AS_JSON = Set.of("xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct");

    private final FieldTable table = FieldTable.load();
    private final Descriptors descriptors = Descriptors.load();

    @Test
    void namesOnlyMessagesAndFieldsThatExist() {
        for (String message : table.messages()) {
            MessageType type = descriptors.message(message).orElseThrow(() -> new AssertionError(message));
            assertThat(type.fields().values().stream().map(FieldType::name))
                    .as(message)
                    .containsAll(table.fields(message));
        }
    }

    @Test
    void holdsEveryMessageThatAFieldItReadsCanHold() {
        List<String> missing = new ArrayList<>();
        for (String message : table.messages()) {
            for (FieldType field : descriptors.messageOf(message).fields().values()) {
                boolean read = table.use(message, field.name()) instanceof FieldTable.Use.Read;
                if (read && field.kind() == FieldKind.MESSAGE) {
                    String held = held(field);
                    if (!held.startsWith("google.protobuf.") && !table.knows(held)) {
                        missing.add(message + "." + field.name() + " holds " + held);
                    }
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    private String held(FieldType field) {
        MessageType type = descriptors.messageOf(field.typeName());
        if (!type.mapEntry()) {
            return type.fullName();
        }
        FieldType value = type.field(2);
        return value != null && value.kind() == FieldKind.MESSAGE ? value.typeName() : "google.protobuf.StringValue";
    }

    @Test
    void holdsEveryMessageThatADecoderUnpacks() throws IllegalAccessException {
        for (Field constant : ApiTypes.class.getFields()) {
            String name = ((ApiType<?>) constant.get(null)).name();
            assertThat(table.knows(name) || SPELLED_AS_JSON.contains(name))
                    .as(name)
                    .isTrue();
            assertThat(descriptors.message(name)).as(name).isPresent();
        }
    }

    @Test
    void demandsAReasonForWhatIsHarmless() {
        assertThatThrownBy(() -> FieldTable.parse(new BufferedReader(new StringReader("a.B\n  c harmless\n"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void takesWhatIsNotListedForUnsupported() {
        assertThat(table.use("envoy.config.listener.v3.Listener", "udp_listener_config"))
                .isEqualTo(FieldTable.Use.UNSUPPORTED);
        assertThat(table.use("no.such.Message", "x")).isEqualTo(FieldTable.Use.UNSUPPORTED);
    }
}

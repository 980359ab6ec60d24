package dev.weft.xds.json;

import com.google.protobuf.ByteString;
import dev.weft.xds.Decoded;
import dev.weft.xds.FieldPath;
import dev.weft.xds.Problem;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.MessageType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Proto3 JSON to wire and back, for any message of the API, by descriptors: the lite classes know nothing of JSON. Reading accepts
 * field names as in the proto files and in lowerCamelCase, enums by name or number, 64-bit numbers as numbers or text; writing
 * uses the proto files' names, as Envoy's config dump does. Secret material is written as {@code [redacted]} unless asked for.
 *
 * <p>As confined as the {@link Descriptors} that it uses.
 */
public final class JsonTranscoder {
    /** What is written of fields that hold secret material. */
    public enum Secrets {
        REDACT,
        SHOW
    }

    private final Descriptors descriptors;

    public JsonTranscoder(Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    /**
     * @param message full name, such as {@code envoy.config.bootstrap.v3.Bootstrap}
     * @param tree Map, List and scalars, from {@link JsonReader}, a YAML reader or any other source
     */
    public Decoded<ByteString> toWire(String message, Object tree) {
        MessageType type = descriptors.messageOf(message);
        return toWire(message, tree, FieldPath.of(type.shortName()));
    }

    /** As above, with paths that begin at {@code at}. */
    public Decoded<ByteString> toWire(String message, Object tree, FieldPath at) {
        List<Problem> problems = new ArrayList<>();
        ByteString wire = new TreeToWire(descriptors, problems).message(descriptors.messageOf(message), tree, at, 0);
        return problems.isEmpty() ? Decoded.of(wire) : Decoded.rejected(problems);
    }

    public Decoded<ByteString> fromJson(String message, String json) {
        return JsonReader.read(json).then(tree -> toWire(message, tree));
    }

    /** @return a tree of Map, List and scalars in the order of field numbers */
    public Decoded<Object> toTree(String message, ByteString wire, Secrets secrets) {
        MessageType type = descriptors.messageOf(message);
        try {
            return Decoded.of(new WireToTree(descriptors, secrets).message(type, wire, 0));
        } catch (IOException e) {
            return Decoded.rejected(type.shortName(), "not the bytes of a " + message + ": " + e.getMessage());
        }
    }

    public Decoded<String> toJson(String message, ByteString wire, Secrets secrets) {
        return toTree(message, wire, secrets).map(tree -> JsonWriter.write(tree, JsonWriter.Layout.INDENTED));
    }
}

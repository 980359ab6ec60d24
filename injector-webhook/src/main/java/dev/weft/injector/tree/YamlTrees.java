package dev.weft.injector.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import dev.weft.resources.yaml.YamlNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * From YAML to JSON trees, as kubectl does it. Stateless. The surprising rule: a number with a leading zero is octal, since file modes are written so and the
 * tools of Kubernetes read them so, though YAML 1.2 does not.
 */
public final class YamlTrees {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private YamlTrees() {}

    /**
     * Reads a text that holds one document; nothing at all is an empty mapping.
     *
     * @throws IllegalArgumentException with the place, if it is no mapping
     */
    public static ObjectNode mapping(String text) {
        List<YamlDocument> documents = YamlDocuments.read(text);
        if (documents.isEmpty()) {
            return JSON.objectNode();
        }
        if (documents.size() > 1) {
            throw new IllegalArgumentException("found " + documents.size() + " documents, expected one");
        }
        return switch (documents.getFirst()) {
            case YamlDocument.Broken(int line, int ignored, String message) ->
                throw new IllegalArgumentException("line " + line + ": " + message);
            case YamlDocument.Readable(YamlNode root) -> {
                if (!(toJson(root) instanceof ObjectNode mapping)) {
                    throw new IllegalArgumentException("found " + root.describe() + ", expected a mapping");
                }
                yield mapping;
            }
        };
    }

    /** The same tree in JSON's types. */
    public static JsonNode toJson(YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping mapping -> {
                ObjectNode object = JSON.objectNode();
                mapping.entries().forEach((key, entry) -> object.set(key, toJson(entry.value())));
                yield object;
            }
            case YamlNode.Sequence sequence -> {
                ArrayNode array = JSON.arrayNode();
                sequence.items().forEach(item -> array.add(toJson(item)));
                yield array;
            }
            case YamlNode.Scalar scalar -> scalar(scalar);
        };
    }

    private static JsonNode scalar(YamlNode.Scalar scalar) {
        String text = scalar.text();
        return switch (scalar.type()) {
            case NULL -> JSON.nullNode();
            case BOOLEAN -> JSON.booleanNode(Ascii.toLowerCase(text).equals("true"));
            case INTEGER -> integer(text);
            case FLOAT ->
                text.contains("inf") || text.contains("nan") || !text.matches("[-+0-9.eE]+")
                        ? JSON.textNode(text)
                        : JSON.numberNode(new BigDecimal(text));
            case STRING -> JSON.textNode(text);
        };
    }

    private static JsonNode integer(String text) {
        if (text.startsWith("0x")) {
            return number(text.substring(2), 16);
        }
        if (text.startsWith("0o")) {
            return number(text.substring(2), 8);
        }
        boolean octal = text.length() > 1 && text.startsWith("0") && text.matches("[0-7]+");
        return number(text.startsWith("+") ? text.substring(1) : text, octal ? 8 : 10);
    }

    private static JsonNode number(String digits, int radix) {
        BigInteger value = new BigInteger(digits, radix);
        return value.bitLength() < 32
                ? JSON.numberNode(value.intValue())
                : value.bitLength() < 64 ? JSON.numberNode(value.longValue()) : JSON.numberNode(value);
    }
}

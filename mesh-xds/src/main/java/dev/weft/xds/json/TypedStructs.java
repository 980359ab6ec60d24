package dev.weft.xds.json;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.xds.Decoded;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiType;
import dev.weft.xds.api.ApiTypes;
import dev.weft.xds.descriptor.Descriptors;

/** Turns a TypedStruct, a message spelled as JSON inside a Struct, into an Any of the message that it means. Istio's control plane sends its own filters so. */
public final class TypedStructs {
    private final Descriptors descriptors;

    public TypedStructs(Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    public static boolean isTypedStruct(Any any) {
        return ApiTypes.TYPED_STRUCT.is(any) || ApiTypes.UDPA_TYPED_STRUCT.is(any);
    }

    /** The message that is meant; an unknown type comes back with its name and no content, for the caller to judge. */
    public Decoded<Any> resolve(Any any, FieldPath at) {
        try {
            // Both messages have the same fields: type_url = 1, value = 2.
            var struct = ApiTypes.TYPED_STRUCT.parser().parseFrom(any.getValue());
            String name = ApiType.nameOf(struct.getTypeUrl());
            if (descriptors.message(name).isEmpty()) {
                return Decoded.of(
                        Any.newBuilder().setTypeUrl(struct.getTypeUrl()).build());
            }
            JsonTranscoder transcoder = new JsonTranscoder(descriptors);
            FieldPath value = at.field("value");
            return transcoder
                    .toTree("google.protobuf.Struct", struct.getValue().toByteString(), JsonTranscoder.Secrets.SHOW)
                    .then(tree -> transcoder.toWire(name, tree, value))
                    .map(wire -> packed(struct.getTypeUrl(), wire));
        } catch (InvalidProtocolBufferException e) {
            return Decoded.rejected(at.toString(), "not the bytes of a TypedStruct: " + e.getMessage());
        }
    }

    private static Any packed(String typeUrl, ByteString wire) {
        return Any.newBuilder().setTypeUrl(typeUrl).setValue(wire).build();
    }
}

package dev.weft.xds.decode;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.weft.xds.Decoded;
import dev.weft.xds.FieldPath;
import dev.weft.xds.Problem;
import dev.weft.xds.api.ApiType;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.json.TypedStructs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One decoding: collects problems and opens what is packed. A decoder that meets a problem reports it and goes on with any value of
 * the right type, so that all problems come out at once; a result beside problems is thrown away. Confined to one call.
 */
final class Reading {
    private final OnDemandDescriptors descriptors;
    private final List<Problem> problems = new ArrayList<>();

    Reading(OnDemandDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    void problem(FieldPath at, String message) {
        problems.add(at.problem(message));
    }

    List<Problem> problems() {
        return problems;
    }

    <T> Decoded<T> result(T value) {
        return problems.isEmpty() ? Decoded.of(value) : Decoded.rejected(problems);
    }

    /** The Any itself, or what a TypedStruct in it spells out as JSON. */
    Any resolved(Any any, FieldPath at) {
        if (!TypedStructs.isTypedStruct(any)) {
            return any;
        }
        return switch (new TypedStructs(descriptors.get()).resolve(any, at)) {
            case Decoded.Value<Any>(Any value) -> value;
            case Decoded.Rejected<Any> rejected -> {
                problems.addAll(rejected.problems());
                yield any;
            }
        };
    }

    /** The message inside, empty with a problem where the bytes are not of its type. */
    <T extends MessageLite> Optional<T> unpack(ApiType<T> type, Any any, FieldPath at) {
        try {
            return Optional.of(type.parser().parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            problem(at, "not the bytes of a " + type.name() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Runs a constructor of the model that checks its arguments; its complaint becomes a problem at {@code at}. */
    <T> T checked(FieldPath at, T otherwise, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            problem(at, String.valueOf(e.getMessage()));
            return otherwise;
        }
    }
}

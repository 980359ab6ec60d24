package dev.weft.xds.api;

import com.google.errorprone.annotations.Immutable;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * A message that may stand in an Any. Lite classes do not know their own name, so each is written down once in {@link ApiTypes}.
 *
 * @param name full name of the message
 */
@Immutable
@SuppressWarnings("Immutable") // generated parsers are stateless
public record ApiType<T extends MessageLite>(String name, Parser<T> parser) {
    public static final String PREFIX = "type.googleapis.com/";

    public String url() {
        return PREFIX + name;
    }

    public Any pack(T message) {
        return pack(message.toByteString());
    }

    public Any pack(ByteString bytes) {
        return Any.newBuilder().setTypeUrl(url()).setValue(bytes).build();
    }

    public boolean is(Any any) {
        return name.equals(nameOf(any.getTypeUrl()));
    }

    /** What stands behind the last slash of a type URL. */
    public static String nameOf(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    }
}

package dev.weft.control.cache;

import com.google.errorprone.annotations.Immutable;
import com.google.protobuf.ByteString;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One resource as it goes over the wire; the bytes are shared by all streams that send it. The version is the hash of the
 * bytes, so two resources of one name and version are the same.
 */
@Immutable
@SuppressWarnings("Immutable") // ByteString is immutable, the checker does not know it
public record EncodedResource(ResourceType type, String name, String version, ByteString body) {
    public EncodedResource {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(body, "body");
    }

    /** Bytes of the body plus what wraps it in a response. */
    public int wireSize() {
        return body.size() + name.length() + version.length() + type.url().length() + 24;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncodedResource that
                && type == that.type
                && name.equals(that.name)
                && version.equals(that.version);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + version.hashCode();
    }

    @Override
    public String toString() {
        return type.shortName() + " " + name + "@" + version;
    }
}

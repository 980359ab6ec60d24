package dev.weft.control.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.primitives.Longs;
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
public final class EncodedResource {

    private final ResourceType type;
    private final String name;
    private final String version;
    private final ByteString body;
    private final Digest digest;

    public EncodedResource(ResourceType type, String name, String version, ByteString body) {
        this.type = Objects.requireNonNull(type, "type");
        this.name = Objects.requireNonNull(name, "name");
        this.version = Objects.requireNonNull(version, "version");
        this.body = Objects.requireNonNull(body, "body");
        this.digest = Digest.of(name, version);
    }

    /**
     * What a resource adds to the version of a set: 128 bits of a hash, which are summed, so that one resource more or another version of one is
     * an addition and not a hash over thousands.
     */
    @Immutable
    record Digest(long high, long low) {
        static final Digest ZERO = new Digest(0, 0);

        private static Digest of(String name, String version) {
            HashCode hash = Hashing.sha256()
                    .newHasher()
                    .putInt(name.length())
                    .putString(name, UTF_8)
                    .putString(version, UTF_8)
                    .hash();
            byte[] bytes = hash.asBytes();
            return new Digest(
                    Longs.fromBytes(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]),
                    Longs.fromBytes(
                            bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]));
        }

        Digest plus(Digest other) {
            return new Digest(high + other.high, low + other.low);
        }

        Digest minus(Digest other) {
            return new Digest(high - other.high, low - other.low);
        }
    }

    public ResourceType type() {
        return type;
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    public ByteString body() {
        return body;
    }

    Digest digest() {
        return digest;
    }

    /** Bytes of the body plus what wraps it in a response. */
    public int wireSize() {
        return body.size() + name.length() + version.length() + type.url().length() + 24;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof EncodedResource that
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

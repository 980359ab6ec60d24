package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What the server sent, for configuration dumps: each resource as its bytes, deflated, since a decoded message would cost many times
 * that and nobody reads it until somebody asks. Guarded by itself: written by the control thread, read by the admin server.
 */
public final class ReceivedResources {
    private final Map<XdsType, TreeMap<String, Entry>> types = new EnumMap<>(XdsType.class);

    /**
     * One resource.
     *
     * @param version empty where no version was ever accepted
     * @param bytes of the accepted version
     * @param error why the last version was refused, if it was
     */
    public record Dumped(
            String name, String version, Instant updated, Optional<ByteString> bytes, Optional<Rejected> error) {}

    /** A version that was refused. */
    public record Rejected(String version, String reason, Instant at) {}

    synchronized void accepted(XdsType type, Delivery.Received resource, Instant now) {
        // Secrets are shown by the store that keeps them, which hides what must not be seen.
        Optional<byte[]> kept = type == XdsType.SECRETS ? Optional.empty() : Optional.of(deflate(resource.bytes()));
        entries(type).put(resource.name(), new Entry(resource.version(), now, kept, Optional.empty()));
    }

    synchronized void rejected(XdsType type, Delivery.Received resource, String reason, Instant now) {
        Rejected error = new Rejected(resource.version(), reason, now);
        Entry before = entries(type).get(resource.name());
        entries(type)
                .put(
                        resource.name(),
                        before == null
                                ? new Entry("", now, Optional.empty(), Optional.of(error))
                                : new Entry(before.version, before.updated, before.deflated, Optional.of(error)));
    }

    synchronized void removed(XdsType type, String name) {
        entries(type).remove(name);
    }

    /** All resources of a type, by name. */
    public synchronized ImmutableList<Dumped> dump(XdsType type) {
        ImmutableList.Builder<Dumped> all = ImmutableList.builder();
        entries(type)
                .forEach((name, e) -> all.add(
                        new Dumped(name, e.version, e.updated, e.deflated.map(ReceivedResources::inflate), e.error)));
        return all.build();
    }

    private TreeMap<String, Entry> entries(XdsType type) {
        return types.computeIfAbsent(type, t -> new TreeMap<>());
    }

    private static byte[] deflate(ByteString bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream stream = new DeflaterOutputStream(out, deflater)) {
            bytes.writeTo(stream);
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private static ByteString inflate(byte[] deflated) {
        try (InputStream stream = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
            return ByteString.readFrom(stream);
        } catch (IOException e) {
            throw new AssertionError("what was deflated here inflates", e);
        }
    }

    private record Entry(String version, Instant updated, Optional<byte[]> deflated, Optional<Rejected> error) {}
}

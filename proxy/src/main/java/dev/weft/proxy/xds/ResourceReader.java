package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.api.istio.nds.NameTable;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChains;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteTable;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.telemetry.AccessLogFormat;
import dev.weft.xds.Decoded;
import dev.weft.xds.decode.XdsDecoder;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decodes a resource, checks that it can be compiled, and puts it into the assembler. A resource that decodes but contradicts itself
 * (two virtual hosts for one domain, two filter chains for one match) is refused here, before anything of it runs.
 */
final class ResourceReader {
    private final XdsDecoder decoder;
    private final ConfigAssembler assembler;
    private final SecretStore secrets;
    private final Consumer<NameTable> names;
    private final Set<String> published = new HashSet<>();

    /** @param names takes what the mesh's names are */
    ResourceReader(XdsDecoder decoder, ConfigAssembler assembler, SecretStore secrets, Consumer<NameTable> names) {
        this.names = names;
        this.decoder = decoder;
        this.assembler = assembler;
        this.secrets = secrets;
    }

    /** The reason of refusal, empty where the resource was taken. */
    Optional<String> read(XdsType type, Delivery.Received resource) {
        return switch (type) {
            case CLUSTER -> take(decoder.cluster(resource.bytes()), assembler::put);
            case ENDPOINTS -> take(decoder.endpoints(resource.bytes()), assembler::put);
            case SECRETS ->
                take(decoder.secret(resource.bytes()), secret -> {
                    if (!secret.name().equals(resource.name())) {
                        throw new IllegalArgumentException("holds a secret of another name");
                    }
                    secrets.publish(secret.name(), KeyMaterial.of(secret));
                    published.add(secret.name());
                    assembler.putSecret(secret.name());
                });
            case LISTENER ->
                take(decoder.listener(resource.bytes()), listener -> {
                    check(listener);
                    assembler.put(listener);
                });
            case ROUTES ->
                take(decoder.routes(resource.bytes()), table -> {
                    RouteTable.of(table);
                    assembler.put(table);
                });
            case NAME_TABLE -> names(resource.bytes());
        };
    }

    void remove(XdsType type, String name) {
        assembler.remove(type, name);
        if (type == XdsType.SECRETS && published.remove(name)) {
            secrets.withdraw(name);
        }
    }

    /** Lets go of secrets that nothing uses any more. */
    void forgetSecrets() {
        Set<String> used = assembler.secrets();
        for (String name : ImmutableSet.copyOf(published)) {
            if (!used.contains(name)) {
                published.remove(name);
                secrets.withdraw(name);
            }
        }
    }

    private Optional<String> names(ByteString bytes) {
        try {
            names.accept(NameTable.parseFrom(bytes));
            return Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.of("not the bytes of a NameTable: " + e.getMessage());
        }
    }

    /** Lets go of what decoding needed. */
    void release() {
        decoder.release();
    }

    private static <T> Optional<String> take(Decoded<T> decoded, Consumer<T> taker) {
        return switch (decoded) {
            case Decoded.Rejected<T> rejected -> Optional.of(rejected.message());
            case Decoded.Value<T>(T value) -> {
                try {
                    taker.accept(value);
                    yield Optional.empty();
                } catch (IllegalArgumentException contradiction) {
                    yield Optional.of(String.valueOf(contradiction.getMessage()));
                }
            }
        };
    }

    private static void check(Listener listener) {
        FilterChains.of(listener);
        for (FilterChain chain : listener.filterChains()) {
            for (NetworkFilter filter : chain.filters()) {
                if (filter instanceof NetworkFilter.Http(HttpConnectionManager logged)) {
                    logged.accessLogs().forEach(log -> AccessLogFormat.compile(log.format()));
                }
                if (filter instanceof NetworkFilter.Http(HttpConnectionManager manager)
                        && manager.routes() instanceof HttpConnectionManager.Inline(RouteConfig table)) {
                    RouteTable.of(table);
                }
            }
        }
    }
}

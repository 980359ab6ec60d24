package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** DNS by Netty, hosts file included. Thread safe: the resolver hops to its own loop. */
public final class NettyNameResolver implements NameResolver {
    private final DnsNameResolver resolver;

    /** The caller closes the resolver. */
    public NettyNameResolver(DnsNameResolver resolver) {
        this.resolver = resolver;
    }

    @Override
    public void resolve(String name, Consumer<Answer> callback) {
        resolver.resolveAll(name).addListener((Future<List<InetAddress>> found) -> {
            if (found.isSuccess() && !found.getNow().isEmpty()) {
                callback.accept(new Answer.Addresses(ImmutableList.copyOf(found.getNow())));
            } else {
                Throwable cause = found.cause();
                callback.accept(new Answer.Failed(cause == null ? "no address" : String.valueOf(cause.getMessage())));
            }
        });
    }
}

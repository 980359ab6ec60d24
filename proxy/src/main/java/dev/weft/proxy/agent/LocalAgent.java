package dev.weft.proxy.agent;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.identity.SecretStore;
import io.grpc.Channel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/**
 * Serves a foreign proxy on one Unix socket: its secrets by SDS, and ADS passed on to the control plane with the workload's
 * credential. So that proxy needs neither key file nor token, and no private key crosses a network.
 *
 * <p>The socket is made 0600: whoever can open it is the workload. Owns its event loop and closes it.
 */
public final class LocalAgent implements AutoCloseable {
    private final Path socket;
    private final EventLoopGroup loops;
    private final Server server;

    private LocalAgent(Path socket, EventLoopGroup loops, Server server) {
        this.socket = socket;
        this.loops = loops;
        this.server = server;
    }

    /**
     * @param controlPlane credentials included
     * @throws IOException when the socket cannot be made
     */
    public static LocalAgent start(Path socket, SecretStore secrets, Channel controlPlane) throws IOException {
        Files.deleteIfExists(socket);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Server server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .addService(new SecretService(secrets))
                .fallbackHandlerRegistry(new AdsRelay(controlPlane).registry())
                .build();
        try {
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
        return new LocalAgent(socket, loops, server);
    }

    public ImmutableList<String> addresses() {
        return ImmutableList.of("unix://" + socket);
    }

    @Override
    public void close() throws IOException {
        server.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        Files.deleteIfExists(socket);
    }
}

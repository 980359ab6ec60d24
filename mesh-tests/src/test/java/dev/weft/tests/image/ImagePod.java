package dev.weft.tests.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * Containers that share one loopback network, as those of a pod do: one that only holds it, and ours as the cluster would run them:
 * read-only root, no capabilities, no way to gain privileges. Ends with its owner.
 */
final class ImagePod implements AutoCloseable {
    private static final int STOP_SECONDS = 20;

    private final DockerClient client;
    private final Path data;
    private final List<GenericContainer<?>> containers = new ArrayList<>();
    private final GenericContainer<?> holder;

    /** @param data a folder of this machine, at {@code /data} in every container, read-only */
    ImagePod(DockerClient client, Path data) {
        this.client = client;
        this.data = data;
        this.holder = container("proxy", "none", 64);
        holder.withCreateContainerCmdModifier(
                command -> command.withEntrypoint("sleep").withCmd("600"));
        holder.start();
    }

    /** One of our images, hardened, not started. */
    GenericContainer<?> container(String program, int megabytes) {
        return container(program, "container:" + holder.getContainerId(), megabytes);
    }

    private GenericContainer<?> container(String program, String network, int megabytes) {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(Engine.image(program)));
        containers.add(container);
        long bytes = (long) megabytes << 20;
        return container.withNetworkMode(network).withCreateContainerCmdModifier(command -> {
            HostConfig host = command.getHostConfig();
            if (host == null) {
                throw new AssertionError("a container without a host configuration");
            }
            host.withReadonlyRootfs(true)
                    .withMemory(bytes)
                    .withMemorySwap(bytes)
                    .withCapDrop(Capability.ALL)
                    .withSecurityOpts(List.of("no-new-privileges"))
                    .withTmpFs(Map.of("/var/lib/weft", "uid=1338,mode=0700"))
                    .withBinds(Bind.parse(data + ":" + new Volume("/data").getPath() + ":ro"));
        });
    }

    /** Runs a shell command beside our containers, with the time that it takes; the answer is what it prints. */
    String shell(String command) {
        return shell(holder, command);
    }

    /** Runs a shell command in a container. */
    static String shell(GenericContainer<?> container, String command) {
        try {
            return container.execInContainer("sh", "-c", command).getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Runs a container that ends by itself. */
    Ended runToEnd(GenericContainer<?> container) {
        container.withStartupCheckStrategy(new UntilEnded()).start();
        return ended(container);
    }

    /** Asks a container to end, as the kubelet does. */
    Ended stop(GenericContainer<?> container) {
        client.stopContainerCmd(container.getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
        return ended(container);
    }

    ContainerState state(GenericContainer<?> container) {
        return client.inspectContainerCmd(container.getContainerId()).exec().getState();
    }

    private Ended ended(GenericContainer<?> container) {
        Long code = state(container).getExitCodeLong();
        return new Ended(code == null ? -1 : code, container.getLogs());
    }

    @Override
    public void close() {
        containers.reversed().forEach(GenericContainer::stop);
    }

    /** How a container ended, and what it said. */
    record Ended(long code, String log) {}

    private static final class UntilEnded extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String id) {
            ContainerState state = client.inspectContainerCmd(id).exec().getState();
            return "exited".equals(state.getStatus()) ? StartupStatus.SUCCESSFUL : StartupStatus.NOT_YET_KNOWN;
        }
    }
}

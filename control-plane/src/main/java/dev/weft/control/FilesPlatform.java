package dev.weft.control;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import dev.weft.control.ca.CallerAuthenticator;
import dev.weft.control.ca.CertificateAuthority;
import dev.weft.control.ca.PageAccess;
import dev.weft.control.ca.SelfSignedRoot;
import dev.weft.control.ca.ServerCertificate;
import dev.weft.control.ca.SigningMaterial;
import dev.weft.control.ca.StateFiles;
import dev.weft.control.ca.WorkloadTokens;
import dev.weft.control.files.FileSource;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.ResourceSource;
import dev.weft.control.status.ValidationStatuses;
import dev.weft.control.webhook.LiveInjector;
import dev.weft.resources.MeshConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One machine: a directory of YAML, a state folder, the loopback address. Confined to the thread that starts and stops the app. */
final class FilesPlatform implements Platform {

    private static final String CONTROL_FILE = "control.json";

    private final ControlPlaneOptions.Files options;
    private final InstantSource clock;
    private final SecureRandom random;
    private @Nullable StateLock lock;
    private boolean announced;

    FilesPlatform(ControlPlaneOptions.Files options, InstantSource clock, SecureRandom random) {
        this.options = options;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public void open() {
        if (!FileSource.isReadable(options.files())) {
            throw new UncheckedIOException(
                    "--files: no such directory, or not readable: " + options.files(),
                    new NoSuchFileException(options.files().toString()));
        }
        StateFiles.makePrivateDirectory(options.state());
        lock = StateLock.take(options.state());
        removeControlFile();
    }

    @Override
    public InetSocketAddress listen(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public ResourceSource source() {
        FileSource source = new FileSource(options.files(), clock);
        options.meshConfig().ifPresent(file -> {
            try {
                source.with(file, Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException("--mesh-config: cannot read " + file, e);
            }
        });
        return source;
    }

    @Override
    public CallerAuthenticator callers() {
        return WorkloadTokens.open(options.state().resolve("token-key.pem"), clock, random);
    }

    @Override
    public Optional<PageAccess> pageAccess() {
        return Optional.empty();
    }

    @Override
    public ImmutableList<String> serverNames() {
        return ServerCertificate.WELL_KNOWN_NAMES;
    }

    @Override
    public SigningMaterial material(String trustDomain) {
        return SelfSignedRoot.loadOrCreate(options.state().resolve("ca"), trustDomain, clock, random);
    }

    @Override
    public String materialProblem() {
        return "reads the authority's key";
    }

    @Override
    public void begin(CertificateAuthority authority, Runnable renewed) {}

    /** Files have no status: problems are in the API, with their lines. */
    @Override
    public void exchange(ValidationStatuses.Proxies own) {}

    @Override
    public ValidationStatuses.Proxies total(ValidationStatuses.Proxies own) {
        return own;
    }

    @Override
    public void configured(MeshConfig mesh) {}

    @Override
    public String clusterId() {
        return RegistrySnapshot.CLUSTER;
    }

    @Override
    public void decided(String subject, List<? extends ObjectStatus> statuses) {}

    @Override
    public Optional<InetSocketAddress> listenForWebhooks(int port) {
        return Optional.empty();
    }

    @Override
    public void configure(LiveInjector injector) {}

    /** Whoever reads {@code control.json} from now on finds the control plane ready. */
    @Override
    public void serving(int xdsPort, int httpPort) {
        String content = new JsonMapper()
                .createObjectNode()
                .put("pid", ProcessHandle.current().pid())
                .put("xdsPort", xdsPort)
                .put("httpPort", httpPort)
                .toPrettyString();
        StateFiles.replacePrivate(controlFile(), content + "\n");
        announced = true;
    }

    @Override
    public void stopping() {
        if (announced) {
            removeControlFile();
        }
    }

    @Override
    public Duration drain() {
        return Duration.ZERO;
    }

    private void removeControlFile() {
        try {
            Files.deleteIfExists(controlFile());
        } catch (IOException e) {
            throw new UncheckedIOException(controlFile() + ": cannot be removed", e);
        }
    }

    private Path controlFile() {
        return options.state().resolve(CONTROL_FILE);
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }
}

package dev.weft.tests.image;

import com.github.dockerjava.api.DockerClient;
import dev.weft.tests.mesh.Prerequisite;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;

/** The container engine of this test run with our images in it; ends a test that cannot have one, as skipped or, in CI, as failed. */
final class Engine {
    private static boolean loaded;

    private Engine() {}

    static synchronized DockerClient open() {
        Path images = Prerequisite.path("WEFT_IMAGES");
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return Prerequisite.missing(Prerequisite.reason("DOCKER_HOST"));
        }
        DockerClient client = DockerClientFactory.instance().client();
        if (!loaded) {
            archives(images).forEach(archive -> load(client, archive));
            loaded = true;
        }
        return client;
    }

    static String image(String program) {
        return "localhost/weft/" + program + ":dev";
    }

    private static void load(DockerClient client, Path archive) {
        try (InputStream content = new BufferedInputStream(Files.newInputStream(archive))) {
            client.loadImageCmd(content).exec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> archives(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".tar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

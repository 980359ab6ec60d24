package dev.weft.tests.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.image.ImagePod.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The promises of {@code weft/control}. */
@Timeout(120)
class ControlImageTest {
    private static final int LIMIT_MEGABYTES = 512;

    @TempDir
    Path data;

    private ImagePod pod;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(data.resolve("service.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec: {ports: [{name: http, port: 80}]}
                """);
        pod = new ImagePod(Engine.open(), data);
    }

    @AfterEach
    void close() {
        if (pod != null) {
            pod.close();
        }
    }

    @Test
    void becomesReadyAsAnotherUserThanRootWithAReadOnlyRootAndEndsInOrder() {
        GenericContainer<?> control = started();

        assertThat(ImagePod.shell(control, "id -u; id -g")).isEqualTo("1338\n1338\n");
        assertThat(ImagePod.shell(control, "touch /file 2>&1 || true")).contains("Read-only");
        System.out.println("control image, idle: "
                + ImagePod.shell(control, "grep VmRSS /proc/1/status").strip());
        Ended ended = pod.stop(control);
        assertThat(ended.code()).as(ended.log()).isEqualTo(143);
    }

    @Test
    void startsFromItsAheadOfTimeCache() {
        // In this mode a JVM that cannot use its cache does not start.
        GenericContainer<?> control = control().withEnv("WEFT_CONTROL_JAVA_OPTS", "-XX:AOTMode=on -Xlog:aot=info");
        control.start();

        assertThat(ImagePod.shell(control, "cat /proc/1/maps")).contains("/opt/weft/lib/control.aot");
    }

    @Test
    void saysWhatIsWrongOnItsCommandLine() {
        Ended ended =
                pod.runToEnd(pod.container("control", LIMIT_MEGABYTES).withCommand("--files", "/data", "--prot", "1"));

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.log()).contains("--prot");
    }

    @Test
    void saysWhichFolderItCannotUse() {
        Ended ended = pod.runToEnd(
                pod.container("control", LIMIT_MEGABYTES).withCommand("--files", "/data", "--state", "/opt/state"));

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.log()).contains("/opt/state");
    }

    private GenericContainer<?> started() {
        GenericContainer<?> control = control();
        control.start();
        return control;
    }

    private GenericContainer<?> control() {
        return pod.container("control", LIMIT_MEGABYTES)
                .withCommand("--files", "/data", "--state", "/var/lib/weft")
                .waitingFor(Wait.forSuccessfulCommand("wget -q -O- http://127.0.0.1:15014/ready"));
    }
}

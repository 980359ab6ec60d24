package dev.weft.tests.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.pod.PodRole;
import dev.weft.tests.mesh.Await;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From what is written to the answer to a DNS query. */
class PodNamesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String ENTRY = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: bare, namespace: default}
            spec:
              hosts: [bare.example.com]
              location: MESH_EXTERNAL
              resolution: STATIC
              endpoints: [{address: 127.0.0.1}]
              ports: [{number: 5432, name: tcp, protocol: TCP}]
            """;

    private static final String HEADLESS = """
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: default}
            spec: {clusterIP: None, ports: [{name: tcp, port: 5432}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: db-x, namespace: default, labels: {kubernetes.io/service-name: db}}
            addressType: IPv4
            endpoints: [{addresses: [127.0.0.7], hostname: db-0}, {addresses: [127.0.0.8], hostname: db-1}]
            ports: [{name: tcp, port: 5432, protocol: TCP}]
            """;

    @Test
    void hostThatOnlyTheMeshKnowsHasAnAddress() {
        try (PodMesh mesh = PodMesh.start(ENTRY)) {
            ProxyApp sidecar = sidecar(mesh);

            Await.until(
                    LIMIT,
                    () -> ask(sidecar.dnsAddress().orElseThrow(), "bare.example.com")
                            .startsWith("240.240."),
                    () -> "answer: " + ask(sidecar.dnsAddress().orElseThrow(), "bare.example.com"));
            assertThat(ask(sidecar.dnsAddress().orElseThrow(), "nobody.example.com"))
                    .as("no resolvers in this pod")
                    .isEqualTo("code 2");
        }
    }

    @Test
    void podOfAHeadlessServiceHasAnAddressByItsOwnName() {
        try (PodMesh mesh = PodMesh.start(HEADLESS)) {
            ProxyApp sidecar = sidecar(mesh);

            for (String name : List.of("db-1.db.default.svc.cluster.local", "db-1.db.default", "db-1.db")) {
                Await.until(
                        LIMIT,
                        () -> ask(sidecar.dnsAddress().orElseThrow(), name).equals("127.0.0.8"),
                        () -> name + ": " + ask(sidecar.dnsAddress().orElseThrow(), name));
            }
        }
    }

    private static ProxyApp sidecar(PodMesh mesh) {
        Map<String, String> environment = mesh.environment("web-1", "web");
        environment.put("WEFT_DNS_CAPTURE", "true");
        ProxyApp sidecar = mesh.start(environment, PodRole.SIDECAR);
        Await.until(LIMIT, sidecar::isReady, () -> "not ready");
        return sidecar;
    }

    /** The first address of a name, or what is said instead. */
    private static String ask(InetSocketAddress server, String name) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(1_000);
            byte[] query = query(name);
            socket.send(new DatagramPacket(query, query.length, server));
            byte[] reply = new byte[512];
            DatagramPacket packet = new DatagramPacket(reply, reply.length);
            socket.receive(packet);
            if (reply[7] == 0) {
                return "code " + (reply[3] & 0xF);
            }
            int address = query.length + 12;
            return InetAddress.getByAddress(Arrays.copyOfRange(reply, address, address + 4))
                    .getHostAddress();
        } catch (SocketTimeoutException e) {
            return "nothing";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] query(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(1 << 16 | 0x0100);
        out.writeShort(1);
        out.writeShort(0);
        out.writeInt(0);
        for (String label : name.split("\\.", -1)) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.writeByte(0);
        out.writeShort(1);
        out.writeShort(1);
        return bytes.toByteArray();
    }
}

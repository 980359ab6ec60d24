package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.ClientTls;
import dev.weft.resources.TrafficPolicy;
import dev.weft.resources.TrafficPolicy.Algorithm;
import dev.weft.resources.TrafficPolicy.Blocks;
import dev.weft.resources.TrafficPolicy.LoadBalancer;
import dev.weft.resources.TrafficPolicy.OutlierDetection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the policies of a DestinationRule. */
final class TrafficPolicyReader {
    private static final ImmutableList<String> BLOCKS =
            ImmutableList.of("loadBalancer", "connectionPool", "outlierDetection", "tls");

    private TrafficPolicyReader() {}

    static TrafficPolicy read(Fields fields) {
        if (!fields.isSet("portLevelSettings")) {
            checkNotEmpty(fields);
        }
        Map<Integer, Blocks> ports = new LinkedHashMap<>();
        for (Fields port : fields.messages("portLevelSettings")) {
            checkNotEmpty(port);
            int number =
                    port.message("port").map(p -> p.number("number").orElse(0)).orElse(0);
            if (ports.put(number, blocks(port)) != null) {
                port.checks().conflict(port.at("port"), "found settings for port " + number + " twice");
            }
        }
        return new TrafficPolicy(blocks(fields), ImmutableMap.copyOf(ports));
    }

    private static void checkNotEmpty(Fields fields) {
        if (BLOCKS.stream().noneMatch(fields::isSet)) {
            fields.checks().missing(fields.path(), "expected one of " + String.join(", ", BLOCKS));
        }
    }

    private static Blocks blocks(Fields fields) {
        return new Blocks(
                fields.message("loadBalancer").map(TrafficPolicyReader::loadBalancer),
                fields.message("connectionPool").map(ConnectionPoolReader::read),
                fields.message("outlierDetection").map(TrafficPolicyReader::outlierDetection),
                fields.message("tls").map(TrafficPolicyReader::tls));
    }

    private static LoadBalancer loadBalancer(Fields fields) {
        String simple = fields.text("simple").orElse("UNSPECIFIED");
        return new LoadBalancer(simple.equals("LEAST_CONN") ? Algorithm.LEAST_REQUEST : Algorithm.valueOf(simple));
    }

    private static OutlierDetection outlierDetection(Fields fields) {
        return new OutlierDetection(
                fields.number("consecutive5xxErrors"),
                fields.number("consecutiveGatewayErrors"),
                fields.flag("splitExternalLocalOriginErrors"),
                fields.number("consecutiveLocalOriginFailures"),
                fields.duration("interval"),
                fields.duration("baseEjectionTime"),
                fields.number("maxEjectionPercent"),
                fields.number("minHealthPercent").orElse(0));
    }

    private static ClientTls tls(Fields fields) {
        ClientTls tls = new ClientTls(
                fields.choice("mode", ClientTls.Mode.class).orElse(ClientTls.Mode.DISABLE),
                fields.text("clientCertificate"),
                fields.text("privateKey"),
                fields.text("caCertificates"),
                fields.text("credentialName"),
                fields.texts("subjectAltNames"),
                fields.text("sni"),
                fields.flag("insecureSkipVerify")
                        ? ClientTls.ServerVerification.SKIP
                        : ClientTls.ServerVerification.VERIFY);
        checkTls(fields, tls.mode());
        return tls;
    }

    private static void checkTls(Fields fields, ClientTls.Mode mode) {
        switch (mode) {
            case ISTIO_MUTUAL -> {
                for (String field : List.of("clientCertificate", "privateKey", "caCertificates", "credentialName")) {
                    if (fields.text(field).isPresent()) {
                        fields.checks().conflict(fields.at(field), "ISTIO_MUTUAL uses the workload's own certificate");
                    }
                }
            }
            case MUTUAL -> {
                for (String field : List.of("clientCertificate", "privateKey")) {
                    if (fields.text(field).isEmpty()
                            && fields.text("credentialName").isEmpty()) {
                        fields.checks().missing(fields.at(field), "must be set for mode MUTUAL");
                    }
                }
            }
            case DISABLE, SIMPLE -> {}
        }
    }
}

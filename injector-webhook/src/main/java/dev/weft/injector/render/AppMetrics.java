package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.tree.PodTree;
import java.util.Map;

/**
 * Leads Prometheus to the agent, which serves the application's metrics together with the proxy's: Prometheus has no certificate of the mesh either. Stateless;
 * changes the pod's annotations.
 */
final class AppMetrics {
    private static final String SCRAPE = "prometheus.io/scrape";
    private static final String PORT = "prometheus.io/port";
    private static final String PATH = "prometheus.io/path";
    private static final String SCHEME = "prometheus.io/scheme";
    private static final String AGENT_PORT = "15020";

    private AppMetrics() {}

    /** Where the application serves its metrics, as JSON; empty where it does not. */
    static String merge(PodTree pod) {
        Map<String, String> written = pod.annotations();
        if (written.getOrDefault(SCRAPE, "").equals("false")) {
            return "";
        }
        boolean scraped = written.getOrDefault(SCRAPE, "").equals("true");
        ObjectNode application = JsonNodeFactory.instance.objectNode();
        if (scraped) {
            application.put("port", written.getOrDefault(PORT, "80"));
            application.put("path", written.getOrDefault(PATH, "/metrics"));
            application.put("scheme", written.getOrDefault(SCHEME, "http"));
        }
        pod.annotate(SCRAPE, "true");
        pod.annotate(PORT, AGENT_PORT);
        pod.annotate(PATH, "/stats/prometheus");
        if (written.containsKey(SCHEME)) {
            pod.annotate(SCHEME, "http");
        }
        return scraped ? application.toString() : "";
    }
}

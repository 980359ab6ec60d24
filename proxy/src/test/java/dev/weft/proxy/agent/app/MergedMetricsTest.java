package dev.weft.proxy.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One scrape for the proxy and the application. */
final class MergedMetricsTest {
    private static final String OURS = "envoy_server_live";
    private static final String OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    @Test
    void applicationsMetricsFollowTheProxys() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod(application)) {
            application.answers("/app", 200, "text/plain", "# TYPE books counter\nbooks 7");

            HttpResponse<String> page = pod.agent("/stats/prometheus", "Accept", "text/plain");

            assertThat(page.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(page.body()).contains(OURS).endsWith("# TYPE books counter\nbooks 7\n");
            assertThat(page.body()).as("an application has these too").doesNotContain("process_resident_memory_bytes");
            assertThat(application.seen.take()).contains("accept=text/plain");
            assertThat(pod.metrics("/stats/prometheus").body())
                    .contains(OURS, "process_resident_memory_bytes")
                    .doesNotContain("books");
        }
    }

    @Test
    void openMetricsOfTheApplicationMakeTheWholePageOpenMetrics() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod(application)) {
            application.answers("/app", 200, OPEN, "# TYPE books counter\nbooks_total 7 # {id=\"1\"} 1\n# EOF\n");

            HttpResponse<String> page = pod.agent("/stats/prometheus", "Accept", OPEN);

            assertThat(page.headers().firstValue("content-type")).hasValue(OPEN);
            assertThat(page.body())
                    .contains("# TYPE istio_agent_scrapes counter\nistio_agent_scrapes_total 1\n")
                    .endsWith("books_total 7 # {id=\"1\"} 1\n# EOF\n")
                    .containsOnlyOnce("# EOF");
        }
    }

    @Test
    void applicationThatFailsCostsItsOwnPartOnly() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod(application)) {
            application.answers("/app", 500, "text/plain", "bug");

            HttpResponse<String> page = pod.agent("/stats/prometheus");

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains(OURS).doesNotContain("bug");
            assertThat(pod.agent("/stats/prometheus").body())
                    .contains("istio_agent_scrape_failures_total{type=\"application\"} 1\n");
        }
    }

    @Test
    void bodyThatBreaksOffEndsInAWholeLine() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod(application)) {
            application.breaksOff("/app", "books 7\nbroken{name=\"");

            HttpResponse<String> page = pod.agent("/stats/prometheus");

            assertThat(page.body()).contains(OURS).endsWith("books 7\n");
        }
    }

    @Test
    void silentApplicationIsGivenUpBeforeTheScraperGivesUp() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod(application)) {
            application.neverAnswers("/app");

            HttpResponse<String> page = pod.agent("/stats/prometheus", "X-Prometheus-Scrape-Timeout-Seconds", "0.5");

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains(OURS);
        }
    }

    @Test
    void largePagePassesWhole() throws Exception {
        try (TestApplication application = new TestApplication();
                TestPod pod = pod(application)) {
            StringBuilder body = new StringBuilder();
            for (int i = 0; body.length() < 24 << 20; i++) {
                body.append("books_total{number=\"").append(i).append("\"} 1\n");
            }
            application.answers("/app", 200, "text/plain", body.toString());

            HttpResponse<String> page = pod.agent("/stats/prometheus");

            assertThat(page.body()).endsWith(body);
        }
    }

    private static TestPod pod(TestApplication application) {
        return new TestPod(Map.of(
                "WEFT_APP_METRICS",
                "{\"port\": \"" + application.port() + "\", \"path\": \"/app\", \"scheme\": \"http\"}"));
    }
}

package dev.weft.cli.demo;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.Workload;

/** The programs of the bookstore as the demo runs them, each with a sidecar. Names and ports are those of the YAML in the config folder. */
enum Program {
    FRONTPAGE("frontpage", "frontpage", "v1"),
    CATALOG("catalog", "catalog", "v1"),
    REVIEWS_V1("reviews-v1", "reviews", "v1"),
    REVIEWS_V2("reviews-v2", "reviews", "v2"),
    REVIEWS_V3("reviews-v3", "reviews", "v3"),
    RATINGS("ratings", "ratings", "v1"),
    TRAFFIC("traffic", "traffic", "v1");

    static final String NAMESPACE = "bookstore";
    static final String TRUST_DOMAIN = "cluster.local";

    private final String workload;
    private final String app;
    private final String version;

    Program(String workload, String app, String version) {
        this.workload = workload;
        this.app = app;
        this.version = version;
    }

    /** The name of its WorkloadEntry, and of its proxy. */
    String workloadName() {
        return workload;
    }

    String app() {
        return app;
    }

    Workload workload() {
        return new Workload(workload, NAMESPACE, app, "127.0.0.1", ImmutableMap.of("app", app, "version", version));
    }

    /** Arguments of its process. */
    ImmutableList<String> arguments(DemoPorts ports, int rps) {
        ImmutableList.Builder<String> arguments = ImmutableList.builder();
        arguments.add(app, "--port", String.valueOf(ports.app(this)));
        switch (this) {
            case FRONTPAGE -> arguments.add("--http-proxy", "127.0.0.1:" + ports.httpProxy(this));
            case TRAFFIC ->
                arguments.add("--http-proxy", "127.0.0.1:" + ports.httpProxy(this), "--rps", String.valueOf(rps));
            case REVIEWS_V1 -> arguments.add("--version", version);
            case REVIEWS_V2, REVIEWS_V3 ->
                arguments.add("--version", version, "--ratings", "127.0.0.1:" + ports.httpProxy(this));
            case CATALOG, RATINGS -> {}
        }
        return arguments.build();
    }
}

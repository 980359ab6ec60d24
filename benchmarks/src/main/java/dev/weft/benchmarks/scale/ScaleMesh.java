package dev.weft.benchmarks.scale;

import java.util.ArrayList;
import java.util.List;

/**
 * The objects of a mesh of a given size, as JSON that an API server and the parser of files both take. Pure. Every Service has two ports, every
 * pod its place in one slice; each tenth Service has a VirtualService between two subsets. Its pods wait for a gate that nobody opens, so that no
 * node runs them.
 *
 * @param endpoints of each service
 */
record ScaleMesh(int services, int endpoints) {
    static final int NAMESPACES = 50;

    /** On each namespace, by which a run's objects are found again. */
    static final String LABEL = "weft.dev/scale";

    static String namespace(int service) {
        return "scale-" + service % NAMESPACES;
    }

    static String name(int service) {
        return "svc-" + service;
    }

    static String pod(int service, int pod) {
        return name(service) + "-" + pod;
    }

    static String host(int service) {
        return name(service) + "." + namespace(service) + ".svc.cluster.local";
    }

    static String address(int service, int pod) {
        return "10." + (100 + pod) + "." + service / 250 + "." + (1 + service % 250);
    }

    static String namespaceObject(String name) {
        return """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s","labels":{"%s":"true"}}}
                """.formatted(name, LABEL);
    }

    String account(int service) {
        return """
                {"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"%s","namespace":"%s"}}
                """.formatted(name(service), namespace(service));
    }

    /** Nobody's kube-proxy has to route to it. */
    String service(int service) {
        return """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"%1$s","namespace":"%2$s",
                "labels":{"service.kubernetes.io/service-proxy-name":"none"}},"spec":{"selector":{"app":"%1$s"},"ports":[
                {"name":"http","port":80,"targetPort":8080},{"name":"tcp-db","port":3306}]}}
                """.formatted(name(service), namespace(service));
    }

    /**
     * @param extra address beside those of the pods; empty for none
     */
    String slice(int service, String extra) {
        StringBuilder members = new StringBuilder();
        for (int pod = 0; pod < endpoints; pod++) {
            members.append("""
                    {"addresses":["%s"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","namespace":"%s","name":"%s"}},
                    """.formatted(address(service, pod), namespace(service), pod(service, pod)));
        }
        members.append(extra.isEmpty() ? "" : "{\"addresses\":[\"" + extra + "\"]}");
        String list = members.toString().stripTrailing().replaceFirst(",$", "");
        return """
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","metadata":{"name":"%1$s-x","namespace":"%2$s",
                "labels":{"kubernetes.io/service-name":"%1$s"}},"endpoints":[%3$s],
                "ports":[{"name":"http","port":8080,"protocol":"TCP"},{"name":"tcp-db","port":3306,"protocol":"TCP"}]}
                """.formatted(name(service), namespace(service), list);
    }

    String podObject(int service, int pod) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%1$s","namespace":"%2$s","labels":{"app":"%3$s",
                "version":"v%4$d","security.istio.io/tlsMode":"istio"}},
                "spec":{"serviceAccountName":"%3$s","automountServiceAccountToken":false,"schedulingGates":[{"name":"weft.dev/scale"}],
                "containers":[{"name":"app","image":"none","ports":[{"name":"web","containerPort":8080}]}]}}
                """.formatted(pod(service, pod), namespace(service), name(service), pod % 2 + 1);
    }

    String route(int service, int weight) {
        return """
                {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"%1$s","namespace":"%2$s"},"spec":{
                "hosts":["%1$s"],"http":[{"route":[
                {"destination":{"host":"%1$s","subset":"v1"},"weight":%3$d},
                {"destination":{"host":"%1$s","subset":"v2"},"weight":%4$d}]}]}}
                """.formatted(name(service), namespace(service), weight, 100 - weight);
    }

    String rule(int service) {
        return """
                {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"%1$s","namespace":"%2$s"},"spec":{
                "host":"%1$s","subsets":[{"name":"v1","labels":{"version":"v1"}},{"name":"v2","labels":{"version":"v2"}}]}}
                """.formatted(name(service), namespace(service));
    }

    static boolean isRouted(int service) {
        return service % 10 == 0;
    }

    /** What a service consists of, beside its account, in an order in which each object may exist. */
    List<String> objects(int service) {
        List<String> objects = new ArrayList<>();
        objects.add(service(service));
        for (int pod = 0; pod < endpoints; pod++) {
            objects.add(podObject(service, pod));
        }
        objects.add(slice(service, ""));
        if (isRouted(service)) {
            objects.add(rule(service));
            objects.add(route(service, 1));
        }
        return objects;
    }
}

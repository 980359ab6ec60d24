package dev.weft.tests.cluster;

/** A shell in a container of one pod; {@code pod} may be {@code deployment/NAME}. Any thread. */
record PodShell(Kubectl kubectl, String namespace, String pod, String container) {
    Outcome run(String script) {
        return kubectl.exec(namespace, pod, container, "sh", "-c", script);
    }
}

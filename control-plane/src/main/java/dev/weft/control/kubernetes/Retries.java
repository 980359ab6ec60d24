package dev.weft.control.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What informers do when they cannot list or watch: go on trying, whatever the reason. An API server that is away, a role that lacks a rule and a kind
 * that is just being deleted all look alike to one informer, and what it knows stays in force meanwhile.
 */
final class Retries {

    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final int GONE = 410;

    private Retries() {}

    static void forever(SharedIndexInformer<?> informer, String what) {
        informer.exceptionHandler((started, problem) -> {
            if (problem instanceof KubernetesClientException known && known.getCode() == GONE) {
                LOG.debug("lists anew, the history it watched is gone kind={}", what);
            } else {
                LOG.warn("cannot list or watch, tries again kind={} problem={}", what, problem.toString());
            }
            return true;
        });
    }
}

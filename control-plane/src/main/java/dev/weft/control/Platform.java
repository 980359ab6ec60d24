package dev.weft.control;

import com.google.common.collect.ImmutableList;
import dev.weft.control.ca.CallerAuthenticator;
import dev.weft.control.ca.CertificateAuthority;
import dev.weft.control.ca.PageAccess;
import dev.weft.control.ca.SigningMaterial;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.ResourceSource;
import dev.weft.control.status.ValidationStatuses;
import dev.weft.control.webhook.LiveInjector;
import dev.weft.resources.MeshConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the control plane stands on, a folder or a cluster: everything in which the two differ, chosen once by {@link ControlPlaneApp}. Closed
 * last, after all that was made from it.
 */
interface Platform extends AutoCloseable {

    /** Takes what must be had before anything is read. */
    void open();

    /** The address to listen on at {@code port}. */
    InetSocketAddress listen(int port);

    /** Where resources come from; its owner is whoever asks. */
    ResourceSource source();

    /** Who vouches for workloads. */
    CallerAuthenticator callers();

    /** Who may read pages from elsewhere; empty: nobody. */
    Optional<PageAccess> pageAccess();

    /** The names in the control plane's own certificate. */
    ImmutableList<String> serverNames();

    /** What to sign with; waits for it. */
    SigningMaterial material(String trustDomain) throws InterruptedException;

    /** Why there is nothing to sign with yet. */
    String materialProblem();

    /**
     * Begins what goes on beside the serving, now that the authority is there.
     *
     * @param renewed to be called when the authority signs with something else
     */
    void begin(CertificateAuthority authority, Runnable renewed);

    /** Takes the mesh's configuration: the first before {@link #begin}, then each newer one. */
    void configured(MeshConfig mesh);

    /** The cluster that the workloads are of, by the name that other clusters of the mesh know it by. */
    String clusterId();

    /**
     * Takes what the statuses of objects are to say, all of one subject.
     *
     * @param subject who decides; no object is of two
     */
    void decided(String subject, List<? extends ObjectStatus> statuses);

    /** Tells other replicas how many proxies this one serves, and learns of theirs. May block. */
    void exchange(ValidationStatuses.Proxies own);

    /** The proxies of all replicas, by what was learnt last. */
    ValidationStatuses.Proxies total(ValidationStatuses.Proxies own);

    /** The address for webhook calls at {@code port}; empty where nobody would call. */
    Optional<InetSocketAddress> listenForWebhooks(int port);

    /** Tells {@code injector} how to inject, before this returns and whenever it changes. */
    void configure(LiveInjector injector);

    /** The control plane serves. */
    void serving(int xdsPort, int httpPort);

    /** The control plane is about to stop: it is not sent anybody new after {@link #drain}. */
    void stopping();

    /** How long others go on sending clients here after it was said that this is not ready. */
    Duration drain();

    @Override
    void close();
}

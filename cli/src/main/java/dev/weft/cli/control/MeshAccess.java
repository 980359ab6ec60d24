package dev.weft.cli.control;

/**
 * A mesh that can be asked, wherever it runs: on this machine ({@link StandaloneAccess}), or in a cluster, through port-forwards. Commands ask this port and
 * do not know which it is. Confined to the thread of one command.
 */
public interface MeshAccess {
    /** The API of the control plane, of all its replicas. */
    Replicas control();

    /**
     * The admin port of one proxy.
     *
     * @param name as people type it
     * @param namespace empty where none was named
     */
    ControlPlane proxy(String name, String namespace);
}

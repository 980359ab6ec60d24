package dev.weft.control.ca;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.errorprone.annotations.Immutable;
import java.util.regex.Pattern;

/**
 * Who a caller proved to be: a Kubernetes service account, and the pod that holds the credential.
 *
 * <p>The parts are checked to be Kubernetes names, since they become path segments of a SPIFFE id: a namespace with a
 * slash in it could otherwise spell somebody else's identity.
 *
 * @param namespace the service account's namespace
 * @param serviceAccount the service account's name
 * @param pod the pod bound to the credential, empty where it names none
 */
@Immutable
public record CallerIdentity(String namespace, String serviceAccount, String pod) {

    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    public CallerIdentity {
        checkArgument(NAMESPACE.matcher(namespace).matches(), "namespace: not a Kubernetes name: %s", namespace);
        checkArgument(
                NAME.matcher(serviceAccount).matches(), "serviceAccount: not a Kubernetes name: %s", serviceAccount);
        checkArgument(pod.isEmpty() || NAME.matcher(pod).matches(), "pod: not a Kubernetes name: %s", pod);
    }

    /** The identity as a SPIFFE id in Istio's form. */
    public String spiffeId(String trustDomain) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}

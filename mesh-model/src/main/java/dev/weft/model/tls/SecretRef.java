package dev.weft.model.tls;

import com.google.errorprone.annotations.Immutable;

/** Where key material comes from. The model never holds the material itself. */
@Immutable
public sealed interface SecretRef {
    /** A secret by name ({@code default}, {@code ROOTCA}) from an SDS source. */
    record Sds(String name, SdsSource source) implements SecretRef {}

    /** PEM files. {@code privateKey} is empty for a trust bundle. */
    record Files(String certificate, String privateKey) implements SecretRef {}

    /** A static secret of the bootstrap, by name. */
    record Static(String name) implements SecretRef {}

    /** Who serves the secret. */
    @Immutable
    sealed interface SdsSource {}

    record Ads() implements SdsSource {}

    /** A gRPC SDS service behind a static cluster, Istio's {@code sds-grpc}. */
    record GrpcCluster(String cluster) implements SdsSource {}
}

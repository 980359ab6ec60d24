package dev.weft.control.cache;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import dev.weft.api.istio.nds.NameTable;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.translate.NameTables;

/** The names of one view as the one resource that carries them. Names are put in order, so equal tables give equal bytes. */
final class NameTableEncoder {
    private static final String NAME = "names";
    private static final int VERSION_LENGTH = 16;

    private NameTableEncoder() {}

    static ResourceSet encode(ProxyView view) {
        NameTable.Builder table = NameTable.newBuilder();
        NameTables.of(view)
                .forEach((host, name) -> table.putTable(
                        host,
                        NameTable.NameInfo.newBuilder()
                                .addAllIps(name.addresses())
                                .setRegistry(name.isKubernetes() ? "Kubernetes" : "External")
                                .setShortname(name.shortName())
                                .setNamespace(name.namespace())
                                .build()));
        ByteString bytes = table.build().toByteString();
        String version =
                Hashing.sha256().hashBytes(bytes.toByteArray()).toString().substring(0, VERSION_LENGTH);
        return ResourceSet.of(ImmutableList.of(new EncodedResource(ResourceType.NAME_TABLE, NAME, version, bytes)));
    }
}

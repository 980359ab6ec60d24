package dev.weft.proxy.xds;

import dev.weft.proxy.rpc.RpcCredential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The workload's credential on every call to the control plane. The file is read anew for each call, since whoever minted the token
 * renews it there.
 */
public final class CallerToken implements RpcCredential {
    private final Path file;

    public CallerToken(Path file) {
        this.file = file;
    }

    @Override
    public String authorization() throws IOException {
        try {
            return "Bearer " + Files.readString(file).strip();
        } catch (IOException e) {
            throw new IOException("cannot read the workload token " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "CallerToken[" + file + "]";
    }
}

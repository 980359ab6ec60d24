package dev.weft.proxy.xds;

import com.google.rpc.Status;
import java.util.Map;
import java.util.stream.Collectors;

/** The reason that a NACK carries: each rejected resource with what is wrong with it. */
final class NackText {
    private static final int INTERNAL = 13;
    private static final int LIMIT = 4096;

    private NackText() {}

    static Status status(Map<String, String> rejected) {
        String text = rejected.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("\n"));
        return Status.newBuilder()
                .setCode(INTERNAL)
                .setMessage(text.length() > LIMIT ? text.substring(0, LIMIT) + "…" : text)
                .build();
    }
}

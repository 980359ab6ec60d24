package dev.weft.xds.bootstrap;

import java.util.Locale;

/** How a bootstrap is written. */
public enum BootstrapFormat {
    JSON,
    YAML,
    BINARY;

    /** By the file's ending, as Envoy does it: {@code .pb} and {@code .binpb} are binary, {@code .json} is JSON, all else is YAML (which includes JSON). */
    public static BootstrapFormat of(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".pb") || lower.endsWith(".binpb")) {
            return BINARY;
        }
        return lower.endsWith(".json") ? JSON : YAML;
    }
}

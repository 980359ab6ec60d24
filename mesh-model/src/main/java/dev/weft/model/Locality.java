package dev.weft.model;

import com.google.errorprone.annotations.Immutable;

/** Where an endpoint or a proxy runs. Empty strings where unknown. */
@Immutable
public record Locality(String region, String zone, String subZone) {
    public static final Locality UNKNOWN = new Locality("", "", "");

    /** Reads Istio's {@code region/zone/subzone}; missing parts are empty. */
    public static Locality parse(String text) {
        String[] parts = text.split("/", 3);
        return new Locality(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }
}

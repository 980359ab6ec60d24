package dev.weft.control.status;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The state of one proxy. The components are the fields of the API's answer.
 *
 * @param ageSeconds how long it has been in this state; null while synced
 * @param lastAckSeconds since it last took something; null if it never did
 * @param lastError why it refused what was sent last; null if it did not
 * @param errorResource the resource that the error names
 * @param certExpires when its certificate ends, as it reports; null if it reports none
 * @param types version by version, for those who look closer
 */
@Immutable
public record ProxyStatus(
        String name,
        String namespace,
        String node,
        String state,
        @Nullable Long ageSeconds,
        @Nullable Long lastAckSeconds,
        long nacks,
        @Nullable String lastError,
        @Nullable String errorResource,
        @Nullable Instant certExpires,
        String userAgent,
        OptionalInt adminPort,
        String version,
        ImmutableList<TypeStatus> types) {

    /** One xDS type of a proxy. */
    @Immutable
    public record TypeStatus(String type, String sent, String acked, long nacks) {}
}

package dev.weft.control.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * One workload. The components are the fields of the API's answer.
 *
 * @param services host names of the services that it stands behind
 * @param proxy state of its proxy; null where none is known
 */
@Immutable
record WorkloadItem(
        String name,
        String namespace,
        ImmutableMap<String, String> labels,
        String serviceAccount,
        String address,
        ImmutableMap<String, Integer> ports,
        ImmutableList<String> services,
        @Nullable String proxy) {}

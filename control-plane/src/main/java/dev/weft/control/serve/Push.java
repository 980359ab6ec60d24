package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceType;

/**
 * One response that {@link AdsStream} wants sent.
 *
 * @param version of the whole set that the response belongs to
 * @param removed names that do not exist (any more); only in delta
 */
@Immutable
record Push(
        ResourceType type,
        String nonce,
        String version,
        ImmutableList<EncodedResource> resources,
        ImmutableList<String> removed) {}

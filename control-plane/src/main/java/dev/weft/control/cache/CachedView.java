package dev.weft.control.cache;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.ProxyConfig;

/**
 * The result for one view; shared by all proxies that have it.
 *
 * @param failures resources that stand at an older version, or are missing, because they could not be made
 */
@Immutable
public record CachedView(
        ProxyView view, ProxyConfig config, ResourceSnapshot snapshot, ImmutableList<Failure> failures) {}

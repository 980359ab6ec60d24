package dev.weft.injector.select;

import com.google.errorprone.annotations.Immutable;

/** Whether a pod gets a proxy. */
@Immutable
public sealed interface Decision {
    /** It does. */
    @Immutable
    record Inject() implements Decision {}

    /** It does not. */
    @Immutable
    record Skip(SkipReason reason, String text) implements Decision {}

    /** Why a pod gets no proxy: a closed set, for metrics. */
    enum SkipReason {
        HOST_NETWORK,
        SYSTEM_NAMESPACE,
        OTHER_SYSTEM,
        INJECTED_ALREADY,
        POD_DISABLED,
        NAMESPACE_DISABLED,
        NAMESPACE_NOT_ENABLED,
        OTHER_REVISION,
        NEVER_SELECTOR,
        NOT_BY_DEFAULT
    }
}

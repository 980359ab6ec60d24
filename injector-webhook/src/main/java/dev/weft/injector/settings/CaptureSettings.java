package dev.weft.injector.settings;

import com.google.errorprone.annotations.Immutable;
import dev.weft.injector.config.InjectorConfig.CaptureDefaults;
import dev.weft.injector.config.InjectorConfig.CaptureLists;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;
import dev.weft.injector.config.InjectorConfig.Switch;
import java.util.Locale;
import java.util.Optional;

/** What of one pod's traffic is captured, and how. */
@Immutable
public record CaptureSettings(InterceptionMode mode, Switch dns, CaptureLists lists) {
    private static final String TRAFFIC = "traffic.sidecar.istio.io/";
    private static final String MODE = "sidecar.istio.io/interceptionMode";
    private static final String REROUTE = "istio.io/reroute-virtual-interfaces";

    static CaptureSettings read(PodAnnotations annotations, ProxyConfigSettings proxyConfig, CaptureDefaults defaults) {
        CaptureLists absent = defaults.lists();
        InterceptionMode mode = annotations
                .text(MODE)
                .map(text -> mode(annotations, text))
                .orElse(proxyConfig.interceptionMode().orElse(defaults.mode()));
        return new CaptureSettings(
                mode,
                // Nobody would lead the queries to the proxy.
                mode == InterceptionMode.NONE
                        ? Switch.OFF
                        : proxyConfig.dnsCapture().map(Switch::of).orElse(defaults.dns()),
                new CaptureLists(
                        annotations.ports(TRAFFIC + "includeInboundPorts", true).orElse(absent.includeInboundPorts()),
                        annotations
                                .ports(TRAFFIC + "excludeInboundPorts", false)
                                .orElse(absent.excludeInboundPorts()),
                        annotations
                                .ranges(TRAFFIC + "includeOutboundIPRanges", true)
                                .orElse(absent.includeOutboundRanges()),
                        annotations
                                .ranges(TRAFFIC + "excludeOutboundIPRanges", false)
                                .orElse(absent.excludeOutboundRanges()),
                        annotations
                                .ports(TRAFFIC + "includeOutboundPorts", false)
                                .orElse(absent.includeOutboundPorts()),
                        annotations
                                .ports(TRAFFIC + "excludeOutboundPorts", false)
                                .orElse(absent.excludeOutboundPorts()),
                        annotations.interfaces(TRAFFIC + "excludeInterfaces").orElse(absent.excludeInterfaces()),
                        annotations
                                .interfaces(TRAFFIC + "kubevirtInterfaces")
                                .or(() -> annotations.interfaces(REROUTE))
                                .orElse(absent.virtualInterfaces())));
    }

    private static InterceptionMode mode(PodAnnotations annotations, String text) {
        Optional<InterceptionMode> mode = ProxyConfigSettings.mode(text);
        if (mode.isEmpty()) {
            annotations.refuse(MODE, "found \"" + text + "\", expected REDIRECT, TPROXY or NONE");
        }
        return mode.orElse(InterceptionMode.REDIRECT);
    }

    /** As {@code weft-capture} and the proxy take it. */
    public String modeName() {
        return mode.name().toUpperCase(Locale.ROOT);
    }
}

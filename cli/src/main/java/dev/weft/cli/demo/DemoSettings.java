package dev.weft.cli.demo;

import dev.weft.cli.output.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a user asks of a demo.
 *
 * @param weftHome the project's root, or a distribution's
 * @param home where demos keep their state
 * @param config a config folder of the user's; empty for one that lives and ends with the demo
 * @param rps requests a second
 */
public record DemoSettings(Path weftHome, Path home, DemoPorts ports, Optional<Path> config, int rps) {
    private static final int BASES_TRIED = 20;

    /** @param portBase absent: the shipped one, or the next whose ports are free and whose demo does not run */
    public static DemoSettings of(Path weftHome, Path home, OptionalInt portBase, Optional<Path> config, int rps) {
        return new DemoSettings(weftHome, home, ports(home, portBase), config, rps);
    }

    private static DemoPorts ports(Path home, OptionalInt portBase) {
        if (portBase.isPresent()) {
            DemoPorts ports = chosen(portBase.getAsInt());
            ports.taken().ifPresent(port -> {
                throw Failure.notFine(
                        "port " + port + " is in use",
                        "a demo with port base " + ports.base() + " needs it",
                        "choose another with --port-base N, or end what listens there (ss -ltnp 'sport = :" + port
                                + "')");
            });
            return ports;
        }
        for (int i = 0; i < BASES_TRIED; i++) {
            DemoPorts ports = new DemoPorts(DemoPorts.SHIPPED_BASE + i * DemoPorts.SPAN);
            if (!Files.exists(home.resolve(String.valueOf(ports.base())))
                    && ports.taken().isEmpty()) {
                return ports;
            }
        }
        throw Failure.notFine(
                "found no free ports",
                "tried " + BASES_TRIED + " bases from " + DemoPorts.SHIPPED_BASE + " on",
                "choose one with --port-base N");
    }

    private static DemoPorts chosen(int base) {
        try {
            return new DemoPorts(base);
        } catch (IllegalArgumentException e) {
            throw Failure.wrongQuestion("--port-base does not fit", String.valueOf(e.getMessage()), "")
                    .causedBy(e);
        }
    }
}

package dev.weft.proxy.capture;

import java.nio.file.Path;
import java.util.List;

/** The entry of {@code weft-capture}. Ends with 0; 1 where a check finds a difference; 2 for wrong flags; 3 where rules cannot be written. */
public final class Main {
    private static final int DIFFERENT = 1;
    private static final int WRONG_FLAGS = 2;
    private static final int FAILED = 3;

    static final String USAGE = """
            usage: weft-capture apply|check|clean [--dry-run] [FLAGS]

              apply     write the rules that send this network namespace's traffic through the proxy
              check     compare the kernel's rules with the wanted ones and print the difference
              clean     take away all that weft-capture wrote
              --dry-run                  print what would be written, or taken away, and change nothing

              -p, --envoy-port PORT      where the proxy takes outbound connections (15001)
              -z, --inbound-capture-port PORT    ... inbound connections (15006)
              --dns-port PORT            ... queries for names (15053)
              -u, --proxy-uid UIDS       the proxy runs as one of these users (1337)
              -g, --proxy-gid GIDS       ... or groups (1337)
              -m, --istio-inbound-interception-mode REDIRECT|TPROXY    (REDIRECT)
              -t, --istio-inbound-tproxy-mark MARK        (1337)
              -r, --istio-inbound-tproxy-route-table N    (133)
              -b, --istio-inbound-ports PORTS             captured ports: *, a list, or nothing (*)
              -d, --istio-local-exclude-ports PORTS       never captured, beside 15008, 15020, 15021, 15090
              -i, --istio-service-cidr RANGES             captured destinations: *, a list, or nothing (*)
              -x, --istio-service-exclude-cidr RANGES     never captured
              -q, --istio-outbound-ports PORTS            captured whatever the destination
              -o, --istio-local-outbound-ports-exclude PORTS    never captured
              -k, --kube-virt-interfaces NAMES            what comes in on them is outbound traffic
              -c, --istio-exclude-interfaces NAMES        nothing on them is captured
              --outbound-owner-groups GIDS                only what these groups send is captured (*)
              --outbound-owner-groups-exclude GIDS        what these groups send is not
              --redirect-dns             queries to the servers in resolv.conf go to the proxy
              --capture-all-dns          all queries do
              --drop-invalid             drop packets that fit no connection
              --backend auto|nftables|iptables    (auto)
              --ipv6 auto|on|off         (auto: where some interface has a global address)
            """;

    private Main() {}

    /** Runs and ends the process. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        if (arguments.isEmpty() || arguments.contains("-h") || arguments.contains("--help")) {
            System.out.print(USAGE);
            return arguments.isEmpty() ? WRONG_FLAGS : 0;
        }
        try {
            OptionParser parser = new OptionParser(arguments.subList(1, arguments.size()));
            Capture capture = new Capture(
                    parser.options(),
                    new ProcessCommands(System.getenv().getOrDefault("PATH", "")),
                    new KernelFacts(Path.of("/")),
                    System.out);
            return run(capture, arguments.getFirst(), parser);
        } catch (IllegalArgumentException e) {
            System.err.println("weft-capture: " + e.getMessage() + "\n(weft-capture --help lists the flags)");
            return WRONG_FLAGS;
        } catch (CaptureException e) {
            System.err.println("weft-capture: " + e.getMessage());
            return FAILED;
        }
    }

    private static int run(Capture capture, String verb, OptionParser parser) {
        switch (verb) {
            case "apply" -> {
                if (parser.isDryRun()) {
                    capture.print(parser.backend());
                } else {
                    capture.apply(parser.backend());
                }
            }
            case "check" -> {
                List<String> difference = capture.check(parser.backend());
                if (!difference.isEmpty()) {
                    System.out.println("the kernel's rules are not the wanted ones (- is there, + is missing):");
                    difference.forEach(System.out::println);
                    return DIFFERENT;
                }
            }
            case "clean" -> {
                if (parser.isDryRun()) {
                    capture.printFound();
                } else {
                    capture.clean();
                }
            }
            default -> throw new IllegalArgumentException("unknown command '" + verb + "': apply, check or clean");
        }
        return 0;
    }
}

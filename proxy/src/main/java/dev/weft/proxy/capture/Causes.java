package dev.weft.proxy.capture;

import java.util.Locale;

/** What a failed command means and what to do about it. Pure. */
final class Causes {
    private Causes() {}

    static String describe(Commands.Result result) {
        StringBuilder text = new StringBuilder();
        text.append(String.join(" ", result.command()))
                .append(" failed (exit ")
                .append(result.exit())
                .append(')');
        String said = result.err().isEmpty() ? result.out().strip() : result.err();
        if (!said.isEmpty()) {
            text.append("\n  it said: ").append(said.replace("\n", "\n           "));
        }
        String cause = cause(said.toLowerCase(Locale.ROOT));
        if (!cause.isEmpty()) {
            text.append("\n  cause:   ").append(cause);
        }
        return text.toString();
    }

    private static String cause(String said) {
        if (said.contains("there is no ") && said.contains(" in path")) {
            return "the image lacks the program (packages nftables, iptables, iproute2)";
        }
        if (said.contains("xtables lock") || said.contains("lock file")) {
            return "another program holds the lock of iptables, or the lock file cannot be written";
        }
        if (said.contains("operation not permitted") || said.contains("permission denied")) {
            return "the process may not change the network: it must run as root with the capabilities NET_ADMIN and NET_RAW"
                    + " (securityContext.capabilities.add)";
        }
        if (said.contains("table does not exist")
                || said.contains("can't initialize")
                || said.contains("unable to initialize")) {
            return "the kernel has no such table: its module (iptable_nat, iptable_mangle, iptable_raw, or ip6table_…) is not"
                    + " loaded on the node; try --backend nftables";
        }
        if (said.contains("no chain/target/match by that name") || said.contains("extension")) {
            return "a module of netfilter is missing on the node (xt_REDIRECT, xt_owner, xt_conntrack, xt_multiport, xt_TPROXY,"
                    + " xt_CT); try --backend nftables";
        }
        if (said.contains("could not process rule: no such file") || said.contains("not supported")) {
            return "a module of nf_tables is missing on the node (nft_chain_nat, nft_redir, nft_ct, nft_tproxy); try --backend"
                    + " iptables";
        }
        return "";
    }
}

package dev.weft.proxy.admin;

import dev.weft.proxy.admin.AdminSources.ProxyFacts;
import dev.weft.proxy.admin.AdminSources.ServerState;
import java.time.Duration;
import java.time.InstantSource;

/** {@code /server_info} and {@code /memory}. Immutable. */
final class ServerPages {
    private final AdminSources sources;
    private final InstantSource clock;

    ServerPages(AdminSources sources, InstantSource clock) {
        this.sources = sources;
        this.clock = clock;
    }

    Answer info(ServerState state) {
        ProxyFacts facts = sources.facts();
        String uptime = Duration.between(facts.startedAt(), clock.instant()).toSeconds() + "s";
        return Answer.tree(Answer.object(
                "version",
                "weft/" + facts.version(),
                "state",
                state.name(),
                "uptime_current_epoch",
                uptime,
                "uptime_all_epochs",
                uptime,
                "hot_restart_version",
                "disabled",
                "command_line_options",
                Answer.object("concurrency", facts.loops()),
                "node",
                Answer.object(
                        "id",
                        facts.node(),
                        "cluster",
                        facts.nodeCluster(),
                        "user_agent_name",
                        "weft",
                        "user_agent_version",
                        facts.version())));
    }

    Answer memory() {
        ProcessMemory memory = ProcessMemory.now();
        return Answer.tree(Answer.object(
                "allocated",
                String.valueOf(memory.heapUsed() + memory.direct()),
                "heap_size",
                String.valueOf(memory.heapSize()),
                "total_physical_bytes",
                String.valueOf(memory.resident()),
                "weft_heap_used",
                String.valueOf(memory.heapUsed()),
                "weft_heap_limit",
                String.valueOf(memory.heapLimit()),
                "weft_direct",
                String.valueOf(memory.direct())));
    }
}

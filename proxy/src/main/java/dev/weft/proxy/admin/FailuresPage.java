package dev.weft.proxy.admin;

import dev.weft.proxy.telemetry.RecentFailures;
import dev.weft.proxy.telemetry.RecentFailures.Failure;
import java.util.List;
import java.util.Map;

/** {@code /weft/exchanges}: why the latest failures failed. */
final class FailuresPage {
    private FailuresPage() {}

    static Answer answer(RecentFailures failures) {
        List<Map<String, Object>> all =
                failures.latest().stream().map(FailuresPage::tree).toList();
        return Answer.tree(Answer.object("exchanges", all));
    }

    private static Map<String, Object> tree(Failure failure) {
        return Answer.object(
                "start",
                failure.start().toString(),
                "listener",
                failure.listener(),
                "method",
                failure.method(),
                "authority",
                failure.authority(),
                "path",
                failure.path(),
                "status",
                failure.status(),
                "reason",
                failure.reason(),
                "details",
                failure.details(),
                "response_flags",
                failure.flags(),
                "route",
                failure.route(),
                "cluster",
                failure.cluster(),
                "endpoint",
                failure.endpoint(),
                "upstream_failure",
                failure.upstreamFailure(),
                "attempts",
                failure.attempts(),
                "upstream_start_micros",
                failure.upstreamStartMicros(),
                "duration_micros",
                failure.durationMicros());
    }
}

package dev.weft.tests.cluster;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What proxies wrote in the seconds in which a {@link PodLoad} failed, for whoever reads of the failure. Needs the access log of the mesh, which it leaves out where all went well. */
final class ProxyLogs {
    private static final Pattern FAILURE = Pattern.compile("(?m)^(\\d\\d:\\d\\d:\\d\\d) ");
    private static final Pattern FINE = Pattern.compile("\" 200 - via_upstream | \"- - -\" 0 - - ");

    private ProxyLogs() {}

    /** @param result of a load; {@code deployments} as kubectl names them */
    static String ofFailures(Kubectl kubectl, String namespace, List<String> deployments, String result) {
        Set<String> times = new TreeSet<>();
        Matcher failure = FAILURE.matcher(result);
        while (failure.find()) {
            times.add("T" + failure.group(1));
        }
        StringBuilder text = new StringBuilder();
        for (String deployment : deployments) {
            Outcome logs = kubectl.attempt(
                    "-n", namespace, "logs", deployment, "-c", "weft-proxy", "--timestamps", "--tail=-1");
            text.append(deployment)
                    .append(":\n")
                    .append(logs.out()
                            .lines()
                            .filter(line -> times.stream().anyMatch(line::contains))
                            .filter(line -> !FINE.matcher(line).find())
                            .collect(Collectors.joining("\n")))
                    .append(logs.err())
                    .append('\n');
        }
        return text.toString();
    }
}

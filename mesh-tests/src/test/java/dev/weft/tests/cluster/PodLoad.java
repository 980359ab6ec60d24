package dev.weft.tests.cluster;

import dev.weft.tests.mesh.Await;
import java.time.Duration;

/**
 * A client in a pod that asks without a pause, until it is told to stop. It runs by itself in the container, which has a folder {@code /load}: a stream
 * through the API server would end with the API server. A container may have several, by name.
 */
final class PodLoad {
    private static final Duration LAST_REQUEST = Duration.ofSeconds(30);
    private static final Duration STARTED = Duration.ofSeconds(30);
    private static final String LOOP = """
            rm -rf %1$s; mkdir %1$s
            (
              %2$s
              ok=0; bad=0
              while [ ! -e %1$s/stop ]; do
                if said=$(ask 2>&1); then ok=$((ok + 1)); else bad=$((bad + 1)); echo "$(date +%%T) $said"; sleep 0.1; fi
                echo $ok >%1$s/count
              done
              echo "ok=$ok bad=$bad"
            ) >%1$s/result 2>&1 </dev/null &
            """;

    private final PodShell shell;
    private final String folder;

    private PodLoad(PodShell shell, String folder) {
        this.shell = shell;
        this.folder = folder;
    }

    /**
     * @param name of this load among those of the container
     * @param script makes the function {@code ask}, one request; see {@link #eachByItself} and its like
     */
    static PodLoad start(PodShell shell, String name, String script) {
        PodLoad load = new PodLoad(shell, "/load/" + name);
        Outcome begun = shell.run(LOOP.formatted(load.folder, script));
        if (!begun.succeeded()) {
            throw new AssertionError("the load does not start: " + begun);
        }
        return load;
    }

    /** Each request on a connection of its own. */
    static String eachByItself(String url) {
        return "ask() { timeout 10 wget -q -O /dev/null " + url + "; }";
    }

    /** All requests on one connection of HTTP/1.1, which is never made anew. */
    static String onOneConnection(String host, String path) {
        return """
                exec 3<>/dev/tcp/%1$s/80
                  ask() {
                    sleep 0.02
                    printf 'GET %2$s HTTP/1.1\\r\\nHost: %1$s\\r\\n\\r\\n' >&3 || return 1
                    IFS= read -r -t 10 -u 3 line || { echo "no answer"; return 1; }
                    case $line in 'HTTP/1.1 200'*) ;; *) echo "answered $line"; return 1 ;; esac
                    length=0
                    while IFS= read -r -t 10 -u 3 line; do
                      line=${line%%$'\\r'}
                      [ -n "$line" ] || break
                      case ${line,,} in content-length:*) length=${line#*: } ;; esac
                    done
                    [ "$length" -gt 0 ] && read -r -t 10 -N "$length" -u 3 body
                  }""".formatted(host, path);
    }

    /** One connection to a server that gives back each line. */
    static String echoes(String host, int port) {
        return """
                exec 3<>/dev/tcp/%s/%d
                  ask() {
                    sleep 0.02
                    echo "tick $ok" >&3 || return 1
                    IFS= read -r -t 10 -u 3 line || { echo "no echo"; return 1; }
                    [ "$line" = "tick $ok" ] || { echo "came back as $line"; return 1; }
                  }""".formatted(host, port);
    }

    /** Waits until so many more requests have succeeded. */
    void more(int requests) {
        int before = succeeded();
        Await.until(
                STARTED, () -> succeeded() >= before + requests, () -> "no requests get through: " + read("result"));
    }

    /** Requests that succeeded so far. */
    int succeeded() {
        String count = read("count").strip();
        return count.isEmpty() ? 0 : Integer.parseInt(count);
    }

    /** Stops; a line for each request that failed, and one with the numbers. */
    String stop() {
        shell.run("touch " + folder + "/stop");
        Await.until(LAST_REQUEST, () -> read("result").contains("ok="), () -> "the load does not end");
        return read("result").strip();
    }

    private String read(String file) {
        return shell.run("cat " + folder + "/" + file).out();
    }
}

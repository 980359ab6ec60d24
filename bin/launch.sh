# shellcheck shell=bash
# What all launchers share; sourced, never run. It finds a JDK 25 or newer, builds what is missing or older than its
# sources (a distribution has no sources and skips that), and replaces the shell by the program.
#
#   weft_launch PROGRAM ARGS...      PROGRAM: cli, proxy, capture, control, bookstore
#
# Read from the environment: WEFT_JAVA_HOME (skip the search), WEFT_BUILT=1 (skip the up-to-date check),
# WEFT_AOT=off (no ahead-of-time caches), WEFT_JAVA_OPTS and WEFT_<PROGRAM>_JAVA_OPTS (more JVM flags).

weft_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
weft_release=25
# Folder of each program and the modules that go into it: the up-to-date check looks at these, and at nothing else.
weft_modules="api-protos mesh-model mesh-resources mesh-xds injector-webhook proxy control-plane cli examples/bookstore"

weft_say() { printf 'weft: %s\n' "$*" >&2; }

weft_die() {
    printf 'weft: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '      %s\n' "$@" >&2
    exit 3
}

weft_is_source_tree() { [ -f "$weft_home/pom.xml" ]; }

# Major version of the Java installation in $1, from its release file: asking `java -version` costs 40 ms.
weft_java_major() {
    local line
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=*)
            line=${line#JAVA_VERSION=\"}
            printf '%s' "${line%%[!0-9]*}"
            return 0
            ;;
        esac
    done <"$1/release"
    return 1
}

weft_java_fits() {
    local major
    major=$(weft_java_major "$1") || return 1
    [ -n "$major" ] && [ "$major" -ge "$weft_release" ] || return 1
    # Building takes a compiler, running does not.
    ! weft_is_source_tree || [ -x "$1/bin/javac" ]
}

# Folder of the java that PATH finds, symbolic links followed (macOS has no readlink -f of old).
weft_java_of_path() {
    local file link
    file=$(command -v java) || return 1
    while [ -L "$file" ]; do
        link=$(readlink "$file")
        case $link in
        /*) file=$link ;;
        *) file=$(dirname "$file")/$link ;;
        esac
    done
    (cd "$(dirname "$file")/.." && pwd)
}

weft_find_java() {
    local candidate
    if [ -n "${WEFT_JAVA_HOME:-}" ]; then return 0; fi
    for candidate in "${JAVA_HOME:-}" "$(weft_java_of_path || true)" \
        /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* /opt/* /opt/java/* \
        /usr/local/openjdk-* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$candidate" ] && weft_java_fits "$candidate"; then
            WEFT_JAVA_HOME=$candidate
            break
        fi
    done
    if [ -z "${WEFT_JAVA_HOME:-}" ] && [ -x /usr/libexec/java_home ]; then
        candidate=$(/usr/libexec/java_home -v "$weft_release+" 2>/dev/null || true)
        if [ -n "$candidate" ] && weft_java_fits "$candidate"; then WEFT_JAVA_HOME=$candidate; fi
    fi
    [ -n "${WEFT_JAVA_HOME:-}" ] || weft_die "found no JDK $weft_release or newer (looked at JAVA_HOME, PATH, /usr/lib/jvm, ~/.sdkman, ~/.jdks, /opt)" \
        "Install one, for example:" \
        "  Debian, Ubuntu   apt-get install openjdk-$weft_release-jdk   (or Temurin $weft_release from adoptium.net)" \
        "  macOS            brew install openjdk@$weft_release" \
        "  anywhere         sdk install java $weft_release-tem" \
        "or set JAVA_HOME to one that is already there."
    export WEFT_JAVA_HOME
}

weft_folder() {
    case $1 in
    cli) printf 'cli' ;;
    proxy | capture) printf 'proxy' ;;
    control) printf 'control-plane' ;;
    bookstore) printf 'examples/bookstore' ;;
    *) weft_die "no such program: $1" ;;
    esac
}

weft_lib() {
    if weft_is_source_tree; then
        printf '%s/%s/target/dist/lib' "$weft_home" "$(weft_folder "$1")"
    else
        # The capture program is a part of the proxy.
        printf '%s/lib/%s' "$weft_home" "${1/#capture/proxy}"
    fi
}

weft_stamp=$weft_home/cli/target/dist/stamp

# Up to date when no source, pom or folder of the modules is newer than the stamp of the last build. Folders count, so that a
# deleted file is seen too.
weft_is_built() {
    local program module roots=("$weft_home/pom.xml")
    [ -f "$weft_stamp" ] || return 1
    for program in cli proxy control bookstore; do [ -d "$(weft_lib "$program")" ] || return 1; done
    for module in $weft_modules; do roots+=("$weft_home/$module/pom.xml" "$weft_home/$module/src/main" "$weft_home/$module/src/build"); done
    [ -z "$(find "${roots[@]}" -newer "$weft_stamp" -print -quit 2>/dev/null)" ]
}

weft_maven() {
    JAVA_HOME=$WEFT_JAVA_HOME mvn -B -ntp -q -f "$weft_home/pom.xml" -pl proxy,control-plane,cli,examples/bookstore -am \
        -Dmaven.test.skip=true -Dspotless.check.skip -DincludeScope=runtime -DoutputDirectory=target/dist/lib.new \
        -Dmdep.overWriteSnapshots=true "$@" package dependency:copy-dependencies
}

weft_build() {
    local log started program lib
    command -v mvn >/dev/null || weft_die "building takes Maven 3.8.7 or newer, and there is no mvn in PATH" \
        "  Debian, Ubuntu   apt-get install maven" "  macOS            brew install maven"
    mkdir -p "$weft_home/cli/target/dist"
    log=$weft_home/cli/target/dist/build.log
    # One build at a time: a second launcher waits here and then finds everything built.
    exec 8>"$weft_home/cli/target/dist/build.lock"
    if command -v flock >/dev/null; then flock 8; fi
    if weft_is_built; then
        exec 8>&-
        return 0
    fi
    weft_say "building (JDK $(weft_java_major "$WEFT_JAVA_HOME"); the first time takes a minute or two)"
    started=$SECONDS
    for program in cli proxy control bookstore; do
        lib=$(weft_lib "$program")
        rm -rf "$lib.new"
    done
    # The stamp has the time before the build: what is edited during the build is newer.
    : >"$weft_stamp.new"
    if ! weft_maven -o >"$log" 2>&1 8>&-; then
        if grep -q -i -e 'offline mode' -e 'has not been downloaded' -e 'offline' "$log"; then
            weft_say "some libraries are not in the local Maven repository yet: downloading"
            weft_maven >"$log" 2>&1 8>&- || weft_build_failed "$log"
        else
            weft_build_failed "$log"
        fi
    fi
    for program in cli proxy control bookstore; do weft_install "$program"; done
    weft_train
    mv "$weft_stamp.new" "$weft_stamp"
    exec 8>&-
    weft_say "built in $((SECONDS - started)) s"
}

weft_build_failed() {
    grep -v '^WARNING' "$1" | tail -n 40 >&2
    weft_die "the build failed; the whole output is in $1"
}

# Puts the jars of one program in place. Jars with the same content stay, and so does an ahead-of-time cache made for them; other ones
# are swapped in whole: programs that still run keep the files that they have open.
weft_install() {
    local lib old=none
    lib=$(weft_lib "$1")
    mkdir -p "$lib.new"
    cp "$weft_home/$(weft_folder "$1")"/target/weft-*.jar "$lib.new/"
    # A sidecar carries only what it calls of the API's classes: 6 MiB less of resident memory in each.
    [ "$1" != proxy ] || "$WEFT_JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 "$weft_home/proxy/src/build/java/TrimApi.java" "$lib.new" ||
        weft_die "the proxy's jars in $lib.new cannot be put together"
    # A cache is good only for jars with the times that it was made with.
    touch -t 202601010000 "$lib.new"/*.jar
    if [ -d "$lib" ]; then old=$(weft_content "$lib"); fi
    if [ "$old" = "$(weft_content "$lib.new")" ]; then
        rm -rf "$lib.new"
        return 0
    fi
    rm -f "$(weft_aot "$1")"
    [ "$1" != proxy ] || rm -f "$(weft_aot capture)"
    rm -rf "$lib.old"
    if [ -d "$lib" ]; then mv "$lib" "$lib.old"; fi
    mv "$lib.new" "$lib"
    rm -rf "$lib.old"
}

weft_content() { (cd "$1" && cksum -- *.jar | cksum); }

# Ahead-of-time caches halve the start of a program. Each is written by one short run of the program as it is used: the control plane on the
# bookstore's configuration, a sidecar of that control plane, the bookstore in one process. What fails here costs time at start, nothing else.
weft_train() {
    local folder pids=() pid
    [ "${WEFT_AOT:-auto}" != off ] || return 0
    if [ ! -f "$(weft_aot cli)" ]; then (weft_record cli help demo) || true; fi
    if [ ! -f "$(weft_aot capture)" ]; then (weft_record capture apply --dry-run) || true; fi
    if [ -f "$(weft_aot proxy)" ] && [ -f "$(weft_aot control)" ] && [ -f "$(weft_aot bookstore)" ]; then return 0; fi
    weft_say "preparing faster starts"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/weft-train.XXXXXX")
    if [ ! -f "$(weft_aot bookstore)" ]; then
        weft_record bookstore together --rps 50 &
        pids+=($!)
    fi
    mkdir "$folder/side"
    weft_record control --files "$weft_home/examples/bookstore/config" --state "$folder/state" --xds-port 0 --http-port 0 &
    pids+=($!)
    if weft_await [ -f "$folder/state/control.json" ] && weft_train_sidecar "$folder"; then
        weft_record proxy -c "$folder/side/bootstrap.yaml" &
        # The sidecar ends before its control plane, which it would miss otherwise.
        pid=$!
        sleep 4
        weft_end "$pid"
    else
        sleep 2
    fi
    for pid in ${pids[@]+"${pids[@]}"}; do weft_end "$pid"; done
    rm -rf "$folder"
}

weft_train_sidecar() {
    weft_command cli
    "${weft_command[@]}" bootstrap frontpage --state "$1/state" --folder "$1/side" --with-token --admin-port 0 \
        >"$1/side/bootstrap.yaml" 2>/dev/null 8>&-
}

# Runs a program in a way that it leaves its cache when it ends.
weft_record() {
    local program=$1
    shift
    rm -f "$(weft_aot "$program")"
    weft_command "$program"
    exec 8>&-
    # What is recorded lies on the heap too, which may be tight; a class path follows the flags, so the last size given wins.
    exec "${weft_command[0]}" "${weft_command[@]:1:${#weft_command[@]}-4}" -Xmx256m -XX:AOTCacheOutput="$(weft_aot "$program")" \
        "${weft_command[@]: -3}" "$@" </dev/null >/dev/null 2>&1
}

# Asks a program to end and waits: the cache is written at its end, by a second process that it waits for.
weft_end() {
    local tries=0
    kill -TERM "$1" 2>/dev/null || true
    while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 300 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

weft_await() {
    local tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || return 1
        sleep 0.1
    done
}

weft_aot() { printf '%s/%s.aot' "$(dirname "$(weft_lib "$1")")" "$1"; }

# Sets the array weft_command: the java command line of a program, up to and with its main class.
weft_command() {
    local program=$1 jars aot extra main flags=(-XX:+UseSerialGC -XX:-UsePerfData)
    case $program in
    cli)
        main=dev.weft.cli.Main
        extra=${WEFT_CLI_JAVA_OPTS:-}
        # Helm's engine is a native library.
        flags+=(-Xmx192m -XX:TieredStopAtLevel=1 -Xss512k --enable-native-access=ALL-UNNAMED)
        ;;
    proxy)
        # A small heap and returned native memory are a promise of the data plane; leak and bounds checks are for tests.
        main=dev.weft.proxy.Main
        extra=${WEFT_PROXY_JAVA_OPTS:-}
        flags+=(-XX:+UseCompactObjectHeaders -Xms8m -Xmx"${WEFT_PROXY_HEAP:-32m}" -Xss256k -XX:ReservedCodeCacheSize=32m
            -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=25
            -XX:MaxDirectMemorySize="${WEFT_PROXY_DIRECT:-64m}" -XX:+UnlockDiagnosticVMOptions -XX:TrimNativeHeapInterval=1000
            # The cache mapped where it was made for stays clean file pages, which all sidecars of a machine share.
            -XX:ArchiveRelocationMode=0
            -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
            # Flight recorder classes and a second pooled allocator for gRPC cost 5 MiB and serve nobody here.
            -Dio.netty.jfr.enabled=false -Dio.grpc.netty.useCustomAllocator=false
            -Dio.netty.leakDetection.level=disabled -Dio.netty.buffer.checkBounds=false -Dio.netty.buffer.checkAccessible=false
            # Buffers of the pooled allocator keep their NIO views and slices: the adaptive one allocates both anew, five times per
            # request over TLS. Chunks of 256 KiB instead of 4 MiB; large reads come from the loop's cache too, a few of each size.
            -Dio.netty.allocator.type=pooled -Dio.netty.allocator.maxOrder=5 -Dio.netty.allocator.numHeapArenas=1
            -Dio.netty.allocator.maxCachedBufferCapacity=65536 -Dio.netty.allocator.normalCacheSize=8
            # The compiler takes 24 MiB for seconds to inline a whole request into one method, and 11 MiB with this limit; a warm request over
            # HTTP/2 costs the same. Its threads give way to the loop, with which they may share a core. Java warns under an ordinary user that
            # raising a priority needs a permission; this lowers one, and there is no switch for that warning alone.
            -XX:FreqInlineSize=150 -XX:ThreadPriorityPolicy=1 -XX:CompilerThreadPriority=5 -XX:-PrintWarnings)
        export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
        ;;
    capture)
        main=dev.weft.proxy.capture.Main
        extra=${WEFT_CAPTURE_JAVA_OPTS:-}
        flags+=(-Xmx32m -XX:TieredStopAtLevel=1 -Xss256k)
        ;;
    control)
        main=dev.weft.control.Main
        extra=${WEFT_CONTROL_JAVA_OPTS:-}
        # In a pod the memory limit says how large the mesh may be; half of it is left to connections and the runtime itself.
        if [ -z "${WEFT_CONTROL_HEAP:-}" ] && [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then
            flags+=(-XX:MaxRAMPercentage=55)
        else
            flags+=(-Xmx"${WEFT_CONTROL_HEAP:-256m}")
        fi
        flags+=(-XX:+UseCompactObjectHeaders -Xss512k -XX:+UnlockDiagnosticVMOptions
            -XX:TrimNativeHeapInterval=5000 -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED
            --sun-misc-unsafe-memory-access=allow -Dio.netty.leakDetection.level=disabled)
        # Hundreds of proxies that come at once leave their memory in as many arenas as there are threads.
        export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
        ;;
    bookstore)
        main=dev.weft.examples.bookstore.Main
        extra=${WEFT_BOOKSTORE_JAVA_OPTS:-}
        flags+=(-Xms4m -Xmx24m -Xss256k -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=16m -XX:+ExitOnOutOfMemoryError
            --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
        ;;
    esac
    # An image keeps native libraries as files: a read-only container has no place to unpack them to, nor one for crash reports.
    if [ -d "$weft_home/lib/native" ]; then flags+=(-Djava.library.path="$weft_home/lib/native" -XX:+ErrorFileToStderr); fi
    aot=$(weft_aot "$program")
    # A cache halves the start. To a sidecar of a mesh it also saves private memory (47 MiB against 75), for the same resident size.
    if [ "${WEFT_AOT:-auto}" != off ] && [ -f "$aot" ]; then flags+=(-XX:AOTCache="$aot"); fi
    # Jars one by one and in the shell's sorted order, not as a wildcard: an ahead-of-time cache holds for one class path only.
    jars=$(printf '%s:' "$(weft_lib "$program")"/*.jar)
    if [ "$program" = capture ]; then jars=$(printf '%s:' "$(weft_lib "$program")"/weft-proxy-*.jar); fi
    # shellcheck disable=SC2206  # flags given by the user are words
    weft_command=("$WEFT_JAVA_HOME/bin/java" "${flags[@]}" ${WEFT_JAVA_OPTS:-} $extra -cp "${jars%:}" "$main")
}

weft_launch() {
    local program=$1
    shift
    weft_find_java
    if [ "${WEFT_BUILT:-}" != 1 ] && weft_is_source_tree && ! weft_is_built; then weft_build; fi
    export WEFT_BUILT=1 WEFT_HOME="$weft_home"
    # Which streams are terminals, which the JVM knows only for all of them at once.
    WEFT_TTY=
    if [ -t 1 ]; then WEFT_TTY=out; fi
    if [ -t 2 ]; then WEFT_TTY=$WEFT_TTY,err; fi
    export WEFT_TTY
    weft_command "$program"
    # Children of a demo are stopped in order by the demo, not all at once by a Ctrl-C that reaches the whole terminal group.
    if [ "${WEFT_IGNORE_INTERRUPT:-}" = 1 ]; then trap '' INT HUP; fi
    exec "${weft_command[@]}" "$@"
}

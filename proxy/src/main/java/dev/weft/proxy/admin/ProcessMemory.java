package dev.weft.proxy.admin;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory the process has, in bytes. Read without the platform's management beans, which would cost a pod more than they tell.
 *
 * @param direct of network buffers
 * @param resident 0 where the system does not say
 */
record ProcessMemory(long heapUsed, long heapSize, long heapLimit, long direct, long resident) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final int KILO = 1024;

    static ProcessMemory now() {
        Runtime runtime = Runtime.getRuntime();
        return new ProcessMemory(
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.totalMemory(),
                runtime.maxMemory(),
                Math.max(0, PlatformDependent.usedDirectMemory()),
                readResident());
    }

    private static long readResident() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    String kilobytes =
                            line.substring(RESIDENT.length()).replace("kB", "").strip();
                    return Long.parseLong(kilobytes) * KILO;
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}

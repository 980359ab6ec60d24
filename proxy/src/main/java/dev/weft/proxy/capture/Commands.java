package dev.weft.proxy.capture;

import java.util.List;

/** Runs other programs; a port, so that tests need neither root nor a kernel. */
interface Commands {
    /** Whether a program of this name is in PATH. */
    boolean has(String program);

    /** Runs a program to its end with this input. */
    Result run(List<String> command, String input);

    /** What a program left behind. */
    record Result(List<String> command, int exit, String out, String err) {
        boolean succeeded() {
            return exit == 0;
        }

        /** @throws CaptureException unless the program succeeded */
        Result orFail() {
            if (!succeeded()) {
                throw new CaptureException(Causes.describe(this));
            }
            return this;
        }
    }
}

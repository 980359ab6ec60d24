package dev.weft.cli.output;

/** The exit codes of the whole tool; scripts rely on them. */
public enum ExitCode {
    /** Done, and the answer is "fine". */
    FINE(0),
    /** Done, and the answer is "no": findings, a failed check, a proxy out of step. */
    NOT_FINE(1),
    /** The question was wrong: usage, unreadable or invalid input. */
    WRONG_QUESTION(2),
    /** No answer: nobody reachable, not authorised, timed out. */
    NO_ANSWER(3),
    /** An answer, but not all of it: a replica of the control plane said nothing. What is missing is named beside it. */
    PARTIAL(4),
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}

package dev.weft.cli.output;

/**
 * A command that cannot go on, in the parts that a person needs: what failed, why, and what to do. Thrown by any room, printed once by
 * the entry point, without a stack trace unless asked for.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String why;
    private final String remedy;

    private Failure(ExitCode exitCode, String what, String why, String remedy) {
        super(what);
        this.exitCode = exitCode;
        this.why = why;
        this.remedy = remedy;
    }

    public static Failure wrongQuestion(String what, String why, String remedy) {
        return new Failure(ExitCode.WRONG_QUESTION, what, why, remedy);
    }

    public static Failure noAnswer(String what, String why, String remedy) {
        return new Failure(ExitCode.NO_ANSWER, what, why, remedy);
    }

    public static Failure notFine(String what, String why, String remedy) {
        return new Failure(ExitCode.NOT_FINE, what, why, remedy);
    }

    public Failure causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** The text for the error stream: one line for each part that is known. */
    public String render() {
        StringBuilder text = new StringBuilder("error: ").append(getMessage());
        if (!why.isEmpty()) {
            text.append("\n  because  ").append(why);
        }
        if (!remedy.isEmpty()) {
            text.append("\n  do       ").append(remedy);
        }
        return text.toString();
    }
}

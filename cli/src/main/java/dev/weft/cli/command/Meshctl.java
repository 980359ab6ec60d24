package dev.weft.cli.command;

import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the command tree, and the one place where a failure becomes a message and an exit code. */
@Command(
        name = "meshctl",
        description = "A service mesh on your machine and in your cluster.",
        subcommands = {
            DemoCommand.class,
            InstallCommand.class,
            UpgradeCommand.class,
            UninstallCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            StatCommand.class,
            ProxyCommand.class,
            BootstrapCommand.class,
            InjectCommand.class,
            VersionCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Start here: meshctl demo   or, with a cluster: meshctl check --pre"})
public final class Meshctl implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this help")
    private boolean help;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Runs one command line; the answer is the exit code. Prints to the process's streams. */
    public static int execute(String... arguments) {
        CommandLine line = new CommandLine(new Meshctl())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Meshctl::wrongUse)
                .setExecutionExceptionHandler((e, command, result) -> failed(e, command, verbose(result)));
        return line.execute(arguments);
    }

    private static boolean verbose(ParseResult result) {
        ParseResult last = result;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last.hasMatchedOption("-v");
    }

    private static int wrongUse(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        String message = String.valueOf(e.getMessage());
        // picocli names fields by their Java types; the usage line says it better.
        err.println("error: " + message.lines().findFirst().orElse("wrong usage"));
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("  do       " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return ExitCode.WRONG_QUESTION.code();
    }

    private static int failed(Exception e, CommandLine command, boolean verbose) {
        PrintWriter err = command.getErr();
        int code = switch (e) {
            case Failure failure -> {
                err.println(failure.render());
                yield failure.exitCode().code();
            }
            case InterruptedException interrupted -> {
                err.println("interrupted" + (interrupted.getMessage() == null ? "" : ": " + interrupted.getMessage()));
                yield ExitCode.INTERRUPTED.code();
            }
            case UncheckedIOException io -> {
                err.println("error: " + io.getMessage() + "\n  because  " + io.getCause());
                yield ExitCode.NO_ANSWER.code();
            }
            default -> {
                err.println("error: " + e + "\n  do       run it again with -v, and report the stack trace");
                yield ExitCode.NO_ANSWER.code();
            }
        };
        if (verbose) {
            e.printStackTrace(err);
        }
        err.flush();
        return code;
    }
}

package dev.weft.cli.command;

import dev.weft.cli.output.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl completion bash}: a static script, so that TAB never starts a JVM. Works in bash, and in zsh through bashcompinit. */
@Command(
        name = "completion",
        description = "Print a completion script.",
        footer = {
            "",
            "  bash   source <(meshctl completion bash)",
            "  zsh    autoload -U +X bashcompinit && bashcompinit,",
            "         then the same line"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Shells that the script is for. */
    enum Shell {
        BASH,
        ZSH
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this help")
    private boolean help;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh")
    private Shell shell = Shell.BASH;

    @Override
    public Integer call() {
        System.out.println(AutoComplete.bash("meshctl", new CommandLine(new Meshctl())));
        return ExitCode.FINE.code();
    }
}

package dev.weft.proxy.capture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A machine with some programs, which answer what the test says; an unknown command succeeds in silence. */
final class ScriptedCommands implements Commands {
    private final Set<String> programs;
    private final Map<String, Result> answers = new LinkedHashMap<>();
    final List<String> ran = new ArrayList<>();

    ScriptedCommands(String... programs) {
        this.programs = Set.of(programs);
    }

    void answer(String command, int exit, String out, String err) {
        answers.put(command, new Result(List.of(command.split(" ")), exit, out, err));
    }

    @Override
    public boolean has(String program) {
        return programs.contains(program);
    }

    @Override
    public Result run(List<String> command, String input) {
        String line = String.join(" ", command);
        ran.add(line);
        if (!has(command.getFirst())) {
            return new Result(command, 127, "", "there is no " + command.getFirst() + " in PATH");
        }
        return answers.getOrDefault(line, new Result(command, 0, "", ""));
    }
}

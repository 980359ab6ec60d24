package dev.weft.cli.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.common.base.Splitter;
import dev.weft.cli.output.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which cluster is meant: a kubeconfig file and a context of it. Immutable. Its text holds credentials, so that nothing here prints it.
 *
 * @param context empty for the file's current one
 */
public record Kubeconfig(Path file, String context) {
    /**
     * Finds the file as kubectl does.
     *
     * @param named by the user; empty where not
     */
    public static Optional<Kubeconfig> find(Map<String, String> environment, String named, String context) {
        if (!named.isEmpty()) {
            Path file = Path.of(named);
            if (!Files.isReadable(file)) {
                throw Failure.wrongQuestion("cannot read " + file, "there is no such file, or it may not be read", "");
            }
            return Optional.of(new Kubeconfig(file, context));
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        String variable = environment.getOrDefault("KUBECONFIG", "");
        Iterable<String> files = variable.isEmpty()
                ? java.util.List.of(home + "/.kube/config")
                : Splitter.on(File.pathSeparatorChar).omitEmptyStrings().split(variable);
        for (String file : files) {
            if (Files.isReadable(Path.of(file))) {
                return Optional.of(new Kubeconfig(Path.of(file), context));
            }
        }
        return Optional.empty();
    }

    /** The text of the file with the chosen context as its current one: for programs that take no context. */
    public String text() {
        try {
            if (context.isEmpty()) {
                return Files.readString(file);
            }
            ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
            if (!(yaml.readTree(file.toFile()) instanceof ObjectNode tree)) {
                throw Failure.wrongQuestion(file + " is no kubeconfig", "it holds no mapping", "");
            }
            return yaml.writeValueAsString(tree.put("current-context", context));
        } catch (IOException e) {
            throw Failure.wrongQuestion("cannot read " + file, String.valueOf(e.getMessage()), "")
                    .causedBy(e);
        }
    }

    @Override
    public String toString() {
        return file + (context.isEmpty() ? "" : " (context " + context + ")");
    }
}

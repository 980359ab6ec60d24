package dev.weft.xds.check;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is made of each field of each message, from the resource {@code fields.txt}: read, or harmless for a reason. What is not in it is
 * unsupported. A message begins at the start of a line, its fields are indented below it:
 *
 * <pre>
 * envoy.config.listener.v3.Listener
 *   name read
 *   stat_prefix harmless names Envoy's own statistics
 * </pre>
 */
@Immutable
public final class FieldTable {
    private static final String RESOURCE = "/dev/weft/xds/fields.txt";

    private final ImmutableMap<String, ImmutableMap<String, Use>> messages;

    private FieldTable(ImmutableMap<String, ImmutableMap<String, Use>> messages) {
        this.messages = messages;
    }

    public static FieldTable load() {
        try (InputStream resource = FieldTable.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new AssertionError("no resource " + RESOURCE);
            }
            return parse(new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FieldTable parse(BufferedReader lines) throws IOException {
        Map<String, Map<String, Use>> messages = new LinkedHashMap<>();
        Map<String, Use> fields = new LinkedHashMap<>();
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (!line.startsWith(" ")) {
                fields = new LinkedHashMap<>();
                if (messages.put(line.strip(), fields) != null) {
                    throw new IOException("line " + number + ": " + line.strip() + " stands here twice");
                }
                continue;
            }
            String[] words = line.strip().split(" ", 3);
            Use use = switch (words.length < 2 ? "" : words[1]) {
                case "read" -> Use.READ;
                case "harmless" -> {
                    if (words.length < 3) {
                        throw new IOException("line " + number + ": harmless for what reason?");
                    }
                    yield new Use.Harmless(words[2]);
                }
                default ->
                    throw new IOException(
                            "line " + number + ": found '" + line.strip() + "', expected read or harmless");
            };
            if (fields.put(words[0], use) != null) {
                throw new IOException("line " + number + ": " + words[0] + " stands here twice");
            }
        }
        ImmutableMap.Builder<String, ImmutableMap<String, Use>> table = ImmutableMap.builder();
        messages.forEach((name, uses) -> table.put(name, ImmutableMap.copyOf(uses)));
        return new FieldTable(table.buildOrThrow());
    }

    public ImmutableSet<String> messages() {
        return messages.keySet();
    }

    public boolean knows(String message) {
        return messages.containsKey(message);
    }

    /** Every field of the message that is listed, read or harmless. */
    public ImmutableSet<String> fields(String message) {
        ImmutableMap<String, Use> fields = messages.get(message);
        return fields == null ? ImmutableSet.of() : fields.keySet();
    }

    public Use use(String message, String field) {
        ImmutableMap<String, Use> fields = messages.get(message);
        Use use = fields == null ? null : fields.get(field);
        return use == null ? Use.UNSUPPORTED : use;
    }

    /** What is made of a field. */
    @Immutable
    public sealed interface Use {
        Use READ = new Read();
        Use UNSUPPORTED = new Unsupported();

        /** A decoder looks at it. */
        record Read() implements Use {}

        /** It may be set and changes nothing that matters, for this reason. */
        record Harmless(String reason) implements Use {}

        /** Set to anything but its default, the message is refused. */
        record Unsupported() implements Use {}
    }
}

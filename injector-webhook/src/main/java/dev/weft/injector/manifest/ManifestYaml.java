package dev.weft.injector.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/** Writes trees as YAML for the tools of Kubernetes: whatever one of YAML's versions might take for something else than a text is quoted. Stateless. */
public final class ManifestYaml {
    private static final ObjectMapper MAPPER = new ObjectMapper(YAMLFactory.builder()
            .stringQuotingChecker(new OnlyPlainWords())
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build());

    private ManifestYaml() {}

    /** Ends with a line feed. */
    public static String write(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree).stripTrailing() + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class OnlyPlainWords extends StringQuotingChecker {
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_][-A-Za-z0-9/_.@+=,:]*");
        private static final ImmutableSet<String> RESERVED =
                ImmutableSet.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

        @Override
        public boolean needToQuoteName(String name) {
            return needToQuoteValue(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return !PLAIN.matcher(value).matches()
                    || value.endsWith(":")
                    || RESERVED.contains(Ascii.toLowerCase(value));
        }
    }
}

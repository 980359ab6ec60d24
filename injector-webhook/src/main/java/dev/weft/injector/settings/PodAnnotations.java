package dev.weft.injector.settings;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import dev.weft.injector.tree.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The annotations of one pod, read by Istio's names; each has a twin {@code weft.dev/NAME} of the same last part, which goes first. Confined to one call. A value
 * that is wrong refuses the pod, as in Istio: started without it, the pod would be captured in another way than its author believes.
 */
final class PodAnnotations {
    private static final String OURS = "weft.dev/";

    /** Istio's that change what a sidecar does and that this injector does not serve. */
    private static final ImmutableSet<String> UNSERVED = ImmutableSet.of(
            "sidecar.istio.io/agentLogLevel",
            "sidecar.istio.io/bootstrapOverride",
            "sidecar.istio.io/componentLogLevel",
            "sidecar.istio.io/extraStatTags",
            "sidecar.istio.io/proxyImageType",
            "sidecar.istio.io/statsCompression",
            "sidecar.istio.io/statsEvictionInterval",
            "sidecar.istio.io/statsFlushInterval",
            "sidecar.istio.io/statsHistogramBins",
            "sidecar.istio.io/statsHistogramBuckets",
            "sidecar.istio.io/statsInclusionPrefixes",
            "sidecar.istio.io/statsInclusionRegexps",
            "sidecar.istio.io/statsInclusionSuffixes",
            "readiness.status.sidecar.istio.io/applicationPorts");

    private final ImmutableMap<String, String> annotations;
    private final List<Note> notes = new ArrayList<>();

    PodAnnotations(ImmutableMap<String, String> annotations) {
        this.annotations = annotations;
        for (String name : UNSERVED) {
            if (annotations.containsKey(name)) {
                notes.add(Note.warning(field(name), "not served by Weft, ignored"));
            }
        }
    }

    ImmutableList<Note> notes() {
        return ImmutableList.copyOf(notes);
    }

    Optional<String> text(String name) {
        String ours = annotations.get(twin(name));
        return Optional.ofNullable(ours == null ? annotations.get(name) : ours);
    }

    /** Under the name that was used. */
    String field(String name) {
        String used = annotations.containsKey(twin(name)) ? twin(name) : name;
        return "metadata.annotations[" + used + "]";
    }

    Optional<Boolean> flag(String name) {
        return text(name).flatMap(text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> {
                refuse(name, "found \"" + text + "\", expected true or false");
                yield Optional.<Boolean>empty();
            }
        });
    }

    OptionalInt number(String name) {
        Optional<String> text = text(name);
        Integer number = text.map(Ints::tryParse).orElse(null);
        if (text.isPresent() && (number == null || number < 0)) {
            refuse(name, "found \"" + text.get() + "\", expected a number of zero or more");
            return OptionalInt.empty();
        }
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** Ports with commas between; {@code *} where all may be meant. */
    Optional<String> ports(String name, boolean allMayBeMeant) {
        Optional<String> text = text(name).map(PodAnnotations::withoutBlanks);
        if (text.isEmpty() || (allMayBeMeant && text.get().equals("*"))) {
            return text;
        }
        for (String item : items(text.get())) {
            Integer port = Ints.tryParse(item);
            if (port == null || port < 1 || port > 65535) {
                refuse(
                        name,
                        "found \"" + item + "\", expected ports with commas between"
                                + (allMayBeMeant ? ", or * for all" : ""));
            }
        }
        return text;
    }

    /** Blocks of addresses with commas between, or {@code *} where all may be meant. */
    Optional<String> ranges(String name, boolean allMayBeMeant) {
        Optional<String> text = text(name).map(PodAnnotations::withoutBlanks);
        if (text.isEmpty() || (allMayBeMeant && text.get().equals("*"))) {
            return text;
        }
        for (String item : items(text.get())) {
            if (!isBlock(item)) {
                refuse(
                        name,
                        "found \"" + item + "\", expected blocks such as 10.0.0.0/8 with commas between"
                                + (allMayBeMeant ? ", or * for all" : ""));
            }
        }
        return text;
    }

    /** Names of network interfaces with commas between. */
    Optional<String> interfaces(String name) {
        Optional<String> text = text(name).map(PodAnnotations::withoutBlanks);
        for (String item : items(text.orElse(""))) {
            if (!item.matches("[A-Za-z0-9_.:@-]{1,15}\\+?")) {
                refuse(name, "found \"" + item + "\", expected names of interfaces with commas between");
            }
        }
        return text;
    }

    void refuse(String name, String message) {
        notes.add(Note.refusal(field(name), message));
    }

    void warn(String name, String message) {
        notes.add(Note.warning(field(name), message));
    }

    private static String twin(String name) {
        return OURS + name.substring(name.indexOf('/') + 1);
    }

    private static String withoutBlanks(String text) {
        return text.replace(" ", "");
    }

    private static Iterable<String> items(String text) {
        return Splitter.on(',').omitEmptyStrings().split(text);
    }

    private static boolean isBlock(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !InetAddresses.isInetAddress(text.substring(0, slash))) {
            return false;
        }
        Integer bits = Ints.tryParse(text.substring(slash + 1));
        return bits != null && bits >= 0 && bits <= (text.indexOf(':') >= 0 ? 128 : 32);
    }
}

package dev.weft.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.helm.HelmEngine.Installed;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.Format;
import java.time.Instant;

/** Says what became of each release: a line at once for a person, one envelope at the end for a program. Confined to one command. */
final class ReleaseReport {
    private final Console console;
    private final Format format;
    private final ArrayNode items = JsonNodeFactory.instance.arrayNode();

    ReleaseReport(Console console, Format format) {
        this.console = console;
        this.format = format;
    }

    void done(String what, Installed release) {
        items.addObject()
                .put("release", release.name())
                .put("chart", release.chart())
                .put("status", release.status())
                .put("done", what);
        if (format == Format.TABLE) {
            console.print("%-10s release/%s  (%s)".formatted(what, release.name(), release.chart()));
        }
    }

    void done(String what, String name) {
        items.addObject().put("object", name).put("done", what);
        if (format == Format.TABLE) {
            console.print("%-10s %s".formatted(what, name));
        }
    }

    void end() {
        if (format != Format.TABLE) {
            console.print(
                    Envelope.render(Envelope.of("ReleaseList", Instant.now(), items, ImmutableList.of()), format));
        }
    }

    boolean isEmpty() {
        return items.isEmpty();
    }
}

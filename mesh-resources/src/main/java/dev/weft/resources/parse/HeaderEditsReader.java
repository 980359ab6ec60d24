package dev.weft.resources.parse;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import dev.weft.resources.FieldPath;
import dev.weft.resources.HeaderEdits;
import dev.weft.resources.HeaderEdits.Operations;

/** Reads edits of headers. Only {@code set} on a request may name the host; nothing else may name a pseudo-header. */
final class HeaderEditsReader {
    private HeaderEditsReader() {}

    static HeaderEdits read(Fields fields) {
        return new HeaderEdits(
                fields.message("request")
                        .map(request -> operations(request, true))
                        .orElse(Operations.NONE),
                fields.message("response")
                        .map(response -> operations(response, false))
                        .orElse(Operations.NONE));
    }

    static boolean isHost(String name) {
        return Ascii.equalsIgnoreCase(name, "host") || Ascii.equalsIgnoreCase(name, ":authority");
    }

    private static Operations operations(Fields fields, boolean request) {
        Operations operations = new Operations(fields.textMap("set"), fields.textMap("add"), fields.texts("remove"));
        for (String name : operations.set().keySet()) {
            if (!request || !isHost(name)) {
                check(fields, name, fields.at("set").key(name));
            }
        }
        operations
                .add()
                .keySet()
                .forEach(name -> check(fields, name, fields.at("add").key(name)));
        ImmutableList<String> removed = operations.remove();
        for (int i = 0; i < removed.size(); i++) {
            check(fields, removed.get(i), fields.at("remove").index(i));
        }
        return operations;
    }

    private static void check(Fields fields, String name, FieldPath at) {
        if (!Formats.isHeaderName(name) || isHost(name)) {
            fields.checks().invalid(at, "found \"" + name + "\", expected the name of a header other than the host");
        }
    }
}

package dev.weft.resources.parse;

import com.google.common.base.Splitter;
import java.util.List;

/** Paths of an AuthorizationPolicy: a plain one, or a template in which {@code {*}} is one segment and a last {@code {**}} is any number of them. */
final class PathTemplate {
    private PathTemplate() {}

    static boolean isValid(String path) {
        if (path.isEmpty()) {
            return false;
        }
        if (!path.contains("{*}") && !path.contains("{**}")) {
            return true;
        }
        List<String> segments = Splitter.on('/').splitToList(path);
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean operator = segment.equals("{*}") || segment.equals("{**}");
            boolean last = i == segments.size() - 1;
            if (segment.equals("{**}") && !last || !operator && (segment.contains("*") || segment.contains("{"))) {
                return false;
            }
        }
        return path.startsWith("/");
    }
}

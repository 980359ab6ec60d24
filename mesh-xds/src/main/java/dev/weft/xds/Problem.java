package dev.weft.xds;

import com.google.errorprone.annotations.Immutable;

/**
 * One reason why bytes or text could not be taken: where it stands and what was found against what was expected.
 *
 * @param path field path from the resource down, such as {@code Listener.filter_chains[0].filters[1].typed_config.codec_type}
 */
@Immutable
public record Problem(String path, String message) {
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}

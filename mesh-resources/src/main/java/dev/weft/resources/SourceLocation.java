package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/** Where something was written. Line and column count from 1; 0 means that the source has no lines. */
@Immutable
public record SourceLocation(String file, int line, int column) {
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + (column == 0 ? "" : ":" + column);
    }
}

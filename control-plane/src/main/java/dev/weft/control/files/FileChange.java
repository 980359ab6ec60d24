package dev.weft.control.files;

import com.google.errorprone.annotations.Immutable;

/** What happened to one file. */
@Immutable
sealed interface FileChange {

    /** Path relative to the directory. */
    String file();

    record Written(String file, String text) implements FileChange {}

    record Deleted(String file) implements FileChange {}

    record Unreadable(String file, String reason) implements FileChange {}
}

package dev.weft.control.files;

import com.google.errorprone.annotations.Immutable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;

/**
 * What tells one version of a file from another without reading it. The inode is part of it, since editors and deployments replace
 * files by renaming, which may keep size and time.
 */
@Immutable
record FileStamp(long size, Instant modified, String inode) {

    /** File systems count time in ticks of some milliseconds: two writes within one leave the same time behind. */
    private static final Duration TICK = Duration.ofMillis(50);

    /** The stamp of a regular file; links are followed. */
    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(
                attributes.size(), attributes.lastModifiedTime().toInstant(), String.valueOf(attributes.fileKey()));
    }

    /** Whether the file may change again without changing its stamp. */
    boolean isYoung(Instant now) {
        return modified.plus(TICK).isAfter(now);
    }
}

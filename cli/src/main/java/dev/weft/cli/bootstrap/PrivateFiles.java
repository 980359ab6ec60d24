package dev.weft.cli.bootstrap;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files that only their owner may read, replaced in one step: whoever reads one sees the old or the new content, never half of it. The
 * permissions are there from the first byte on.
 */
public final class PrivateFiles {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final ImmutableSet<PosixFilePermission> OWNER_FILE =
            ImmutableSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final ImmutableSet<PosixFilePermission> OWNER_FOLDER = ImmutableSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private PrivateFiles() {}

    public static void replace(Path file, String content) {
        try {
            Path fresh = Files.createTempFile(file.getParent(), ".", ".new", attributes(OWNER_FILE));
            Files.writeString(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written", e);
        }
    }

    /** Makes the folder; fails where it is there already. */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder, attributes(OWNER_FOLDER));
    }

    private static FileAttribute<?>[] attributes(ImmutableSet<PosixFilePermission> permissions) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}

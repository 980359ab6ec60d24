package dev.weft.control.files;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;

/**
 * One look at a directory and its immediate subdirectories: which files hold resources, and in which version.
 *
 * @param files by path relative to the directory, sorted
 * @param directories those that were looked into, for watching
 */
record DirectoryScan(ImmutableSortedMap<String, FileStamp> files, ImmutableList<Path> directories) {

    static DirectoryScan of(Path root) throws IOException {
        ImmutableSortedMap.Builder<String, FileStamp> files =
                new ImmutableSortedMap.Builder<>(Comparator.<String>naturalOrder());
        ImmutableList.Builder<Path> directories = ImmutableList.builder();
        directories.add(root);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                if (isHidden(entry)) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    directories.add(entry);
                    scan(root, entry, files);
                } else {
                    add(root, entry, files);
                }
            }
        }
        return new DirectoryScan(files.buildOrThrow(), directories.build());
    }

    private static void scan(Path root, Path directory, ImmutableSortedMap.Builder<String, FileStamp> files)
            throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!isHidden(entry) && !Files.isDirectory(entry)) {
                    add(root, entry, files);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Gone between the two looks: the next scan sees it as it is.
            return;
        }
    }

    private static void add(Path root, Path file, ImmutableSortedMap.Builder<String, FileStamp> files)
            throws IOException {
        if (!isResourceFile(file)) {
            return;
        }
        try {
            files.put(root.relativize(file).toString(), FileStamp.of(file));
        } catch (NoSuchFileException e) {
            // Deleted since it was listed, or a link to nothing: it is not there.
            return;
        }
    }

    /** Also {@code ..data}, the link by which Kubernetes swaps the files of a mounted volume. */
    private static boolean isHidden(Path path) {
        return name(path).startsWith(".");
    }

    /** Editors keep backups and swap files beside what is edited. */
    private static boolean isResourceFile(Path path) {
        String name = name(path).toLowerCase(Locale.ROOT);
        return !name.startsWith("#") && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}

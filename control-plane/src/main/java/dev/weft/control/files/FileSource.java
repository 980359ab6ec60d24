package dev.weft.control.files;

import com.google.common.collect.ImmutableList;
import dev.weft.control.source.ResourceSource;
import dev.weft.control.source.SourceState;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.analyze.ReferenceCheck;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.ResourceStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources from a directory of YAML: parses what {@link DirectoryWatch} says has changed and keeps the last valid version of each
 * object in a {@link ResourceStore}. Confined to the watch's thread once started.
 */
public final class FileSource implements ResourceSource {

    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

    private static final String DOMAIN_SUFFIX = "cluster.local";

    private final Path directory;
    private final InstantSource clock;
    private final ResourceParser parser = new ResourceParser();
    private final List<ParsedFile> fixed = new ArrayList<>();
    private ResourceStore store = ResourceStore.EMPTY;
    private @Nullable DirectoryWatch watch;

    /** Reads {@code directory} and its immediate subdirectories. */
    public FileSource(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Adds one file from elsewhere that is read once, such as a mesh configuration. */
    public FileSource with(Path file, String text) {
        fixed.add(parser.parse(file.toString(), text));
        return this;
    }

    @Override
    public void start(Consumer<SourceState> listener) {
        store = store.apply(fixed, List.of());
        DirectoryWatch started = new DirectoryWatch(directory, clock, changes -> listener.accept(apply(changes)));
        watch = started;
        started.start();
    }

    private SourceState apply(List<FileChange> changes) {
        List<ParsedFile> parsed = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        for (FileChange change : changes) {
            switch (change) {
                case FileChange.Written written -> parsed.add(parser.parse(written.file(), written.text()));
                case FileChange.Deleted gone -> deleted.add(gone.file());
                case FileChange.Unreadable unreadable ->
                    parsed.add(ResourceParser.unreadable(unreadable.file(), unreadable.reason()));
            }
        }
        store = store.apply(parsed, deleted);
        ImmutableList<Problem> problems = ImmutableList.<Problem>builder()
                .addAll(store.problems())
                .addAll(ReferenceCheck.problems(store, DOMAIN_SUFFIX))
                .build();
        SourceState state = new SourceState(store.all(Resource.class), problems);
        LOG.info(
                "read configuration directory={} changed={} deleted={} resources={} problems={}",
                directory,
                parsed.size(),
                deleted.size(),
                state.resources().size(),
                state.problems().size());
        return state;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }

    /** Whether {@code directory} can be a source at all. */
    public static boolean isReadable(Path directory) {
        return Files.isDirectory(directory) && Files.isReadable(directory);
    }
}

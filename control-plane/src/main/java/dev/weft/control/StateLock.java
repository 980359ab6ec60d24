package dev.weft.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps two control planes out of one state directory, where they would take each other's {@code control.json} away. The operating system
 * lets go of the lock when the process ends, however it ends.
 */
final class StateLock implements AutoCloseable {

    private static final String LOCK_FILE = ".lock";

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    static StateLock take(Path state) {
        Path file = state.resolve(LOCK_FILE);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("--state: cannot write to " + state, e);
        }
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            return new StateLock(channel);
        } catch (OverlappingFileLockException | IOException e) {
            close(channel);
            throw new UncheckedIOException(
                    new IOException("--state: " + state + " is in use by another control plane", e));
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}

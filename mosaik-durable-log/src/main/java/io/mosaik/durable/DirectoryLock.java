package io.mosaik.durable;

import io.mosaik.groups.log.LogStorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One writer per directory: a lock on a file in it, which says who holds it. */
final class DirectoryLock implements AutoCloseable {

  private static final String NAME = "lock";

  /**
   * What this process holds. The one static state, for a reason: POSIX drops a process's locks on a
   * file as soon as it closes any descriptor of it, so a second attempt in this process must not
   * even open the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks a directory that is there.
   *
   * @throws LogStorageException if it is locked already; the message says by whom
   */
  static DirectoryLock of(Path path) throws IOException {
    Path directory = path.toRealPath();
    if (!HELD.add(directory)) {
      throw inUse(directory, "this very process");
    }
    try {
      return new DirectoryLock(directory, locked(directory));
    } catch (IOException | RuntimeException e) {
      HELD.remove(directory);
      throw e;
    }
  }

  private static FileChannel locked(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        String owner = Files.readString(file).strip();
        throw inUse(directory, owner.isEmpty() ? "another process" : owner);
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((self() + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String self() {
    ProcessHandle self = ProcessHandle.current();
    String started = self.info().startInstant().map(at -> ", started at " + at).orElse("");
    return "process " + self.pid() + started;
  }

  private static LogStorageException inUse(Path directory, String owner) {
    return new LogStorageException(
        directory
            + ": this log is in use by "
            + owner
            + "; end that, or give this member a directory of its own");
  }

  /** Unlocks it. Idempotent. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close(); // and with it the lock
    } catch (IOException e) {
      throw Errors.failed(directory.resolve(NAME).toString(), "unlock it", e);
    } finally {
      HELD.remove(directory);
    }
  }
}

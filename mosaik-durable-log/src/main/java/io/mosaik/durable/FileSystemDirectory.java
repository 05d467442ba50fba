package io.mosaik.durable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory of the machine's file system, locked against every other user of it. */
final class FileSystemDirectory implements LogDirectory {

  private final Path directory;
  private final DirectoryLock lock;

  private FileSystemDirectory(Path directory, DirectoryLock lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Makes the directory, if it isn't there, and locks it.
   *
   * @throws io.mosaik.groups.log.LogStorageException if it is in use, or can't be made or written
   */
  static FileSystemDirectory lock(Path directory) {
    return doing(
        directory,
        "use it as the directory of a log",
        () -> {
          make(directory);
          return new FileSystemDirectory(directory, DirectoryLock.of(directory));
        });
  }

  /** Makes a directory, and those above it, so that their names are durable. */
  private static void make(Path directory) throws IOException {
    Path above = directory.getParent();
    if (above != null && !Files.isDirectory(directory)) {
      make(above);
      Files.createDirectories(directory);
      syncNames(above);
    }
  }

  @Override
  public String describe(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public List<String> list() {
    return doing(
        directory,
        "list it",
        () -> {
          try (Stream<Path> files = Files.list(directory)) {
            return files
                .filter(Files::isRegularFile)
                .map(file -> String.valueOf(file.getFileName()))
                .sorted()
                .toList();
          }
        });
  }

  @Override
  public LogFile open(String name) {
    return channel(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public LogFile create(String name) {
    return channel(
        name,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  private LogFile channel(String name, OpenOption... options) {
    Path file = directory.resolve(name);
    return new ChannelFile(file, doing(file, "open it", () -> FileChannel.open(file, options)));
  }

  @Override
  public void rename(String from, String to) {
    doing(
        directory.resolve(from),
        "rename it to " + to,
        () ->
            Files.move(
                directory.resolve(from),
                directory.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING));
  }

  @Override
  public void delete(String name) {
    Path file = directory.resolve(name);
    doing(file, "delete it", () -> Files.deleteIfExists(file));
  }

  @Override
  public void link(String name, String below) {
    Path target = directory.resolve(below);
    doing(
        target.resolve(name),
        "link it",
        () ->
            Files.createLink(
                Files.createDirectories(target).resolve(name), directory.resolve(name)));
  }

  @Override
  public void sync() {
    doing(
        directory,
        "make its names durable",
        () -> {
          syncNames(directory);
          return null;
        });
  }

  private static void syncNames(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (FileSystemException e) {
      if (!System.getProperty("os.name", "").startsWith("Windows")) {
        throw e; // Windows opens no directories, and keeps names without being asked
      }
    }
  }

  @Override
  public void close() {
    lock.close();
  }

  private interface Operation<T extends @Nullable Object> {
    T run() throws IOException;
  }

  private static <T extends @Nullable Object> T doing(
      Path file, String what, Operation<T> operation) {
    try {
      return operation.run();
    } catch (IOException e) {
      throw Errors.failed(file.toString(), what, e);
    }
  }

  private record ChannelFile(Path file, FileChannel channel) implements LogFile {

    @Override
    public long size() {
      return doing(file, "tell its size", channel::size);
    }

    @Override
    public byte[] read(long offset, int length) {
      var buffer = ByteBuffer.allocate(length);
      doing(
          file,
          "read %,d bytes at offset %d".formatted(length, offset),
          () -> {
            while (buffer.hasRemaining()) {
              if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException("it ends at " + channel.size());
              }
            }
            return null;
          });
      return buffer.array();
    }

    @Override
    public void write(long offset, byte[] bytes) {
      doing(
          file,
          "write %,d bytes at offset %d".formatted(bytes.length, offset),
          () -> {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
              channel.write(buffer, offset + buffer.position());
            }
            return null;
          });
    }

    @Override
    public void truncate(long size) {
      doing(file, "cut it to " + size + " bytes", () -> channel.truncate(size));
    }

    @Override
    public void force() {
      doing(
          file,
          "make what was written durable",
          () -> {
            channel.force(false);
            return null;
          });
    }

    @Override
    public void close() {
      doing(
          file,
          "close it",
          () -> {
            channel.close();
            return null;
          });
    }
  }
}

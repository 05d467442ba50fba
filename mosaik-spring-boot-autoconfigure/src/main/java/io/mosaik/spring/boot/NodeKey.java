package io.mosaik.spring.boot;

import io.mosaik.groups.log.LogStorageException;
import io.mosaik.id.SecretKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** The identity of a node that has none by configuration, kept beside its logs. */
final class NodeKey {

  private static final String FILE = "node.key";

  private NodeKey() {}

  /**
   * The one in a directory; made, readable for its owner alone, if there is none.
   *
   * @throws LogStorageException if it can't be read or made
   */
  static SecretKey in(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      Files.createDirectories(directory);
      make(file);
      String text = Files.readString(file).strip();
      if (text.length() != 2 * SecretKey.LENGTH) {
        throw new LogStorageException(
            file + ": it should hold the node's key, which is 64 hexadecimal characters");
      }
      return SecretKey.ofBytes(HexFormat.of().parseHex(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new LogStorageException(file + ": the node's key can't be had: " + e, e);
    }
  }

  private static void make(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    var seed = new byte[SecretKey.LENGTH];
    new SecureRandom().nextBytes(seed);
    Path unfinished = Files.createTempFile(file.getParent(), FILE, ".new", ownerOnly());
    try {
      Files.writeString(unfinished, HexFormat.of().formatHex(seed), StandardOpenOption.SYNC);
      Files.createLink(file, unfinished); // unless another process was first
    } catch (FileAlreadyExistsException e) {
      // its key is the node's then
    } finally {
      Files.delete(unfinished);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    Set<String> views = FileSystems.getDefault().supportedFileAttributeViews();
    return views.contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}

package io.mosaik.durable;

import io.mosaik.groups.log.LogStorageException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** What is said when a disk fails. */
final class Errors {

  private Errors() {}

  /** The reason alone: file system exceptions begin with the file's name, which is said before. */
  private static String text(IOException e) {
    String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  /** An operation on a file has failed. */
  static LogStorageException failed(String file, String what, IOException e) {
    return new LogStorageException(file + ": can't " + what + ": " + text(e), e);
  }

  /** What a file holds is not what was written. */
  static LogStorageException damaged(String file, long offset, String what) {
    return new LogStorageException(
        "%s, offset %d: the log is damaged: %s. Restore the whole directory, or move it away: the member then comes back as a new one"
            .formatted(file, offset, what));
  }
}

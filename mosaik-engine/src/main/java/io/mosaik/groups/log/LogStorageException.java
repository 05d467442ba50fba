package io.mosaik.groups.log;

/**
 * A storage that can't keep its promises: it is damaged, full or gone, or someone else uses it. The
 * message names the file and, where there is one, the offset.
 */
public final class LogStorageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what is wrong, where, and what to do. */
  public LogStorageException(String message) {
    super(message);
  }

  /** With what is wrong, where, what to do, and the error that led to it. */
  public LogStorageException(String message, Throwable cause) {
    super(message, cause);
  }
}

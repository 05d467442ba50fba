package io.mosaik.wire;

/** Bytes that don't decode: says what was expected and what was found. */
public final class MalformedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what was wrong. */
  public MalformedException(String message) {
    super(message);
  }

  /** With what was wrong, and the error that told so. */
  public MalformedException(String message, Throwable cause) {
    super(message, cause);
  }
}

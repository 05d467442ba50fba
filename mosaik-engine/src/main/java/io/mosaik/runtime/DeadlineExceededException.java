package io.mosaik.runtime;

/** A wait that ended without its result. What was waited for may still happen. */
public final class DeadlineExceededException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what was waited for. */
  public DeadlineExceededException(String message) {
    super(message);
  }
}

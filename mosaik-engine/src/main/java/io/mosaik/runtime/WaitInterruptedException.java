package io.mosaik.runtime;

/** A wait that ended because its thread was interrupted. */
public final class WaitInterruptedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what was waited for. */
  public WaitInterruptedException(String message) {
    super(message);
  }
}

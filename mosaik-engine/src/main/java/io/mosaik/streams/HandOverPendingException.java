package io.mosaik.streams;

/**
 * Datums were accepted, and not all of them were handed on within the deadline. They keep their
 * turn: whoever sends them again sends them twice.
 */
public final class HandOverPendingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what was waited for. */
  public HandOverPendingException(String message) {
    super(message);
  }
}

package io.mosaik.streams;

/** The consumer was closed. */
public final class ConsumerClosedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what was refused. */
  public ConsumerClosedException(String message) {
    super(message);
  }
}

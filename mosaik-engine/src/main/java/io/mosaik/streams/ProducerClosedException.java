package io.mosaik.streams;

/** The producer was closed. */
public final class ProducerClosedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With what was refused. */
  public ProducerClosedException(String message) {
    super(message);
  }
}

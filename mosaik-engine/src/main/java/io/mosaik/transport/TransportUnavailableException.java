package io.mosaik.transport;

/**
 * This machine lacks what the transport needs: QUIC's native library isn't there for its platform,
 * doesn't load, or is too old. The message says what to do.
 */
public final class TransportUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /** With what is lacking and what to do. */
  public TransportUnavailableException(String message) {
    super(message);
  }

  /** With what is lacking, what to do, and what was found. */
  public TransportUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.mosaik.transport;

/** The address that an endpoint should listen on can't be bound; the message says what to do. */
public final class AddressUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /** With the address and what is wrong with it. */
  public AddressUnavailableException(String message) {
    super(message);
  }

  /** With the address, what is wrong with it, and its cause. */
  public AddressUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

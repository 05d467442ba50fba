package io.mosaik.sample;

/**
 * An orders file has a mistake. The message names the file, the line and the column, what stands
 * there and what may.
 */
public final class OrdersFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OrdersFileException(String message) {
    super(message);
  }
}

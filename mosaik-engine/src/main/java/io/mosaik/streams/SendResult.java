package io.mosaik.streams;

/**
 * What became of {@link Producer#trySend}. All but {@link Sent} mean that nobody will receive the
 * datum, and give it back.
 *
 * @param <T> the datums
 */
public sealed interface SendResult<T> {

  /** Whether the datum was taken. */
  default boolean isSent() {
    return this instanceof Sent;
  }

  /** Taken; on its way to each subscriber. */
  @SuppressWarnings("unchecked") // it holds no datum
  static <T> SendResult<T> sent() {
    return (SendResult<T>) Sent.INSTANCE;
  }

  /** Taken; on its way to each subscriber. */
  record Sent<T>() implements SendResult<T> {

    private static final Sent<?> INSTANCE = new Sent<>();
  }

  /**
   * The online condition does not hold.
   *
   * @param datum that was not sent
   */
  record Offline<T>(T datum) implements SendResult<T> {}

  /**
   * The buffer is full, or other sends wait already.
   *
   * @param datum that was not sent
   */
  record Full<T>(T datum) implements SendResult<T> {}

  /**
   * The producer is closed.
   *
   * @param datum that was not sent
   */
  record Closed<T>(T datum) implements SendResult<T> {}
}

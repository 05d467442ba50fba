package io.mosaik.spring.listener;

import io.mosaik.streams.Received;

/**
 * Hears of datums whose {@link MosaikListener} method threw. A bean of this type replaces the
 * default, which logs. Called on the listener's thread; may block; an exception of its own is
 * logged.
 */
@FunctionalInterface
public interface MosaikListenerErrorHandler {

  /**
   * A datum was not worked off.
   *
   * @param listenerId which listener
   * @param received the datum and its producer
   * @param error what the method threw
   */
  void handle(String listenerId, Received<?> received, Exception error);
}

package io.mosaik.transport;

/**
 * Hears of one {@link Connection}. Calls come one at a time, on the transport's own thread, and
 * must neither block nor take long.
 */
public interface ConnectionHandler {

  /** Both sides have proven their keys. The first call, if it comes at all. */
  void opened(Connection connection);

  /**
   * A frame came.
   *
   * @param payload without its length; now the handler's own
   */
  void received(byte[] payload);

  /** {@link Connection#unsentBytes} fell back to zero after it had been above. */
  void drained();

  /**
   * The connection is over: the other side's reason, or this side's. The last call, exactly once,
   * also when the connection was never opened.
   */
  void closed(CloseReason reason);
}

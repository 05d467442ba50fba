package io.mosaik.transport;

/**
 * Hears of one {@link Link}. All calls come on the link's strand, one at a time.
 *
 * @param <M> the messages of the link's protocol
 */
public interface LinkHandler<M> {

  /** The other side's greeting was accepted: it is of this network, and admitted. */
  default void opened(Link<M> link) {}

  /**
   * Whether {@link #received} takes some microseconds at most, also for the messages of a whole
   * turn: then the transport's thread may make the call itself while the strand is idle.
   */
  default boolean isBrief() {
    return false;
  }

  /**
   * A message came. An exception from here closes this link with {@link
   * CloseReason#PROTOCOL_VIOLATION} and nothing else.
   *
   * @param wireBytes its length on the wire
   */
  void received(Link<M> link, M message, int wireBytes);

  /** What was waiting to be sent has left: {@link Link#unsentBytes} is zero again. */
  default void drained(Link<M> link) {}

  /** The link is over; exactly once, after everything that was received before it. */
  void closed(Link<M> link, CloseReason reason);
}

package io.mosaik.transport;

/**
 * Hears of links that others dial, once they are admitted.
 *
 * @param <M> the messages of the protocol
 */
@FunctionalInterface
public interface LinkAcceptor<M> {

  /**
   * Called on the strand given to {@link Links#listen}, before the link's first message; returns
   * who hears of it, {@link LinkHandler#opened} first, on the same strand until {@link
   * Link#handOver}. If that is called in here, the returned handler hears nothing.
   */
  LinkHandler<M> accept(Link<M> link);
}

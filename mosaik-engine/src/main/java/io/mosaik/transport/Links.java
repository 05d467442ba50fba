package io.mosaik.transport;

import io.mosaik.id.PeerId;
import io.mosaik.runtime.Strand;
import java.util.List;

/**
 * Makes links over a node's {@link Endpoint}, with the greeting of its network. Thread-safe; no
 * method blocks.
 */
public interface Links {

  /** The node's own identity. */
  PeerId peerId();

  /** Where the node can be reached, as far as it knows. */
  List<Address> addresses();

  /**
   * Dials a peer; the candidates are tried side by side and the first that answers with the right
   * key is kept. The handler hears {@link LinkHandler#opened} and later {@link LinkHandler#closed},
   * or the latter alone if no candidate answers within the dial deadline.
   *
   * @return at once; messages sent before it is open leave with the greeting
   */
  <M> Link<M> dial(PeerAddress to, Protocol<M> protocol, Strand strand, LinkHandler<M> handler);

  /**
   * Accepts links of a protocol from now on.
   *
   * @throws IllegalStateException if the protocol is listened to already
   */
  <M> void listen(Protocol<M> protocol, Strand strand, LinkAcceptor<M> acceptor);
}

package io.mosaik.transport;

import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes links over a node's {@link Endpoint}, with the greeting of its network. Thread-safe; no
 * method blocks.
 */
public interface Links {

  /**
   * The links of one node.
   *
   * @param networkSecret what every node of the network must know, or null if any node that knows
   *     its name is admitted; not empty; copied
   */
  static Links over(
      Endpoint endpoint,
      Platform platform,
      NetworkId network,
      byte @Nullable [] networkSecret,
      LinkOptions options) {
    return new EndpointLinks(endpoint, platform, network, networkSecret, options);
  }

  /** The node's own identity. */
  PeerId peerId();

  /** Where the node can be reached, as far as it knows. */
  List<Address> addresses();

  /**
   * Dials a peer; the candidates are tried side by side and the first that answers with the right
   * key is kept. The handler hears {@link LinkHandler#opened} and later {@link LinkHandler#closed},
   * or the latter alone if no candidate answers within the dial deadline.
   *
   * @return at once; messages sent before it is open leave with the greeting, or, where the network
   *     has a secret, once the other side has proven that it knows it
   */
  <M> Link<M> dial(PeerAddress to, Protocol<M> protocol, Strand strand, LinkHandler<M> handler);

  /**
   * Accepts links of a protocol from now on.
   *
   * @throws IllegalStateException if the protocol is listened to already
   */
  <M> void listen(Protocol<M> protocol, Strand strand, LinkAcceptor<M> acceptor);
}

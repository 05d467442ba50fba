package io.mosaik.discovery.bootstrap;

import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import io.mosaik.transport.PeerAddress;
import java.util.List;

/**
 * Names nodes to meet first. One that lives is enough; the node's own address may be among them,
 * and is skipped.
 *
 * <p>Implementations are thread-safe. A source that has to look things up (DNS, a registry) does so
 * on threads of its own and sets the watch when it knows more; an empty list is a fine first value.
 */
@FunctionalInterface
public interface BootstrapSource {

  /** The addresses as known now; discovery tries new ones as soon as they appear. Never blocks. */
  Watch<List<PeerAddress>> addresses();

  /** A fixed list. */
  static BootstrapSource of(List<PeerAddress> addresses) {
    var fixed = new WatchSource<List<PeerAddress>>(List.copyOf(addresses));
    return () -> fixed;
  }
}

package io.mosaik.transport;

import io.mosaik.id.PeerId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A node's place in the network: dials and accepts {@link Connection}s as one identity.
 * Thread-safe; no method blocks.
 */
public interface Endpoint {

  /** The identity that every connection of this endpoint proves. */
  PeerId peerId();

  /** Where this endpoint can be reached, as far as it knows; a wildcard is expanded. */
  List<Address> addresses();

  /**
   * Accepts connections of a protocol from now on. Connections of a protocol that nobody listens to
   * are closed with {@link CloseReason#INVALID_ALPN}.
   *
   * @throws IllegalStateException if the protocol is listened to already
   */
  void listen(String alpn, int maxFrameBytes, Acceptor acceptor);

  /**
   * Dials. The handler hears {@link ConnectionHandler#opened} when the other side has proven its
   * key, or {@link ConnectionHandler#closed} alone if that fails: {@link CloseReason#NOT_ADMITTED}
   * for another key than expected, {@link CloseReason#INVALID_ALPN}, {@link CloseReason#TIMED_OUT},
   * {@link CloseReason#CONNECTION_LOST}.
   *
   * @param address resolved by this call, off the caller's thread
   * @param expected the key that must answer, or null to take any
   */
  void dial(
      Address address,
      @Nullable PeerId expected,
      String alpn,
      int maxFrameBytes,
      ConnectionHandler handler);

  /** Closes every connection with the reason and frees the port; completes when done. */
  CompletableFuture<Void> close(CloseReason reason);

  /** Decides who hears of an accepted connection. */
  @FunctionalInterface
  interface Acceptor {

    /** Called once for each connection, on the transport's thread, before any of its events. */
    ConnectionHandler accept();
  }
}

package io.mosaik.transport;

import io.mosaik.id.PeerId;
import io.mosaik.runtime.Strand;
import io.mosaik.wire.Frame;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A typed, framed, two-way channel to one peer for one protocol. Thread-safe; no method blocks.
 * Made by {@link Links}.
 *
 * @param <M> the messages of the protocol
 */
public interface Link<M> {

  /**
   * The peer at the other end.
   *
   * @throws IllegalStateException before {@link LinkHandler#opened} if it was dialled without a
   *     peer id
   */
  PeerId remotePeer();

  /**
   * Where the peer is seen.
   *
   * @throws IllegalStateException before {@link LinkHandler#opened}
   */
  Address remoteAddress();

  /** Whether this side dialled. */
  boolean dialled();

  /** Encodes and sends a message; before {@link LinkHandler#opened} it waits for that. */
  void send(M message);

  /** Sends what was encoded before, by the protocol's codec, once for many links. */
  void send(Frame frame);

  /** How many bytes wait on this side because the other does not take them. */
  long unsentBytes();

  /**
   * Stops ({@code false}) or resumes taking messages. Those that are here already wait too, and
   * {@link LinkHandler#closed} waits behind them; the other side's bytes wait there.
   */
  void setReading(boolean reading);

  /**
   * Keying material of the connection (RFC 8446 §7.5), see {@link Connection#export}.
   *
   * @throws IllegalStateException before {@link LinkHandler#opened}
   */
  byte[] export(String label, byte[] context, int length);

  /** The path's smoothed round-trip time, or null while unknown. */
  @Nullable Duration rtt();

  /**
   * Gives the link to another worker: every further event goes to that handler on that strand, in
   * order, none lost or repeated. Called on the present strand.
   */
  void handOver(Strand strand, LinkHandler<M> handler);

  /**
   * Closes once what was sent before is handed over; the other side hears the code. No message is
   * handled after it, only {@link LinkHandler#closed}, with this reason or the one with which the
   * other side came first. A link that is not open yet and has nothing to send closes at once.
   * Idempotent.
   */
  void close(CloseReason reason);
}

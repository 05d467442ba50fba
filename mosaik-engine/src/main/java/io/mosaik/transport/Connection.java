package io.mosaik.transport;

import io.mosaik.id.PeerId;
import io.mosaik.wire.Frame;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An authenticated, ordered, framed channel to one peer for one protocol. Thread-safe; no method
 * blocks.
 */
public interface Connection {

  /** The key that the other side has proven. */
  PeerId remotePeer();

  /** Where the other side is seen. */
  Address remoteAddress();

  /** Whether this side dialled. */
  boolean dialled();

  /**
   * Keying material that both ends of this connection share and nobody else knows (RFC 8446 §7.5).
   *
   * @param label of the exporter, in ASCII
   * @param context bound into it
   * @param length in bytes
   */
  byte[] export(String label, byte[] context, int length);

  /**
   * Sends a frame after those sent before. Frames of one turn are written together. After a close
   * it does nothing. There is no limit here: who sends watches {@link #unsentBytes}.
   */
  void send(Frame frame);

  /** How many bytes wait here because the other side does not take them. */
  long unsentBytes();

  /** Whether frames are taken from the other side; when not, its own bytes wait. */
  void setReading(boolean reading);

  /**
   * Takes frames of at most so many bytes from now on, instead of what was said when the connection
   * was dialled or listened for. Called inside {@link ConnectionHandler#opened} it holds for the
   * first frame, inside {@link ConnectionHandler#received} for the next one.
   */
  void limitFrames(int maxFrameBytes);

  /** The path's smoothed round-trip time, or null while unknown. */
  @Nullable Duration rtt();

  /**
   * Closes, after what was sent before has been handed to the other side or a short deadline has
   * passed. The other side hears the code. Idempotent.
   */
  void close(CloseReason reason);
}

package io.mosaik.streams.protocol;

import io.mosaik.transport.CloseReason;

/** The close reasons of {@code /mosaik/streams/1.0}, besides the general ones. */
public final class StreamCloseReasons {

  /** The consumer does not satisfy what the producer requires of its consumers. */
  public static final CloseReason NOT_ALLOWED = new CloseReason(10_403, "not allowed");

  /** The node does not produce the stream. */
  public static final CloseReason NOT_FOUND = new CloseReason(10_404, "stream not found");

  /** The consumer did not take what was sent to it fast enough. */
  public static final CloseReason TOO_SLOW = new CloseReason(10_413, "too slow");

  /** The producer's type of datums can't answer the consumer's criteria. */
  public static final CloseReason BAD_CRITERIA = new CloseReason(10_422, "bad criteria");

  /** The producer has as many consumers as it takes. */
  public static final CloseReason NO_CAPACITY = new CloseReason(10_509, "no capacity");

  private StreamCloseReasons() {}
}

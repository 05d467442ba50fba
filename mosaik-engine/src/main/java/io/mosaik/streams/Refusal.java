package io.mosaik.streams;

import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.transport.CloseReason;
import org.jspecify.annotations.Nullable;

/** Why a subscription was refused by its producer. */
public enum Refusal {
  /** It has as many consumers as it takes, or answers as many different criteria (10_509). */
  NO_CAPACITY(StreamCloseReasons.NO_CAPACITY.code()),
  /** The consumer doesn't satisfy what it requires (10_403). */
  NOT_ALLOWED(StreamCloseReasons.NOT_ALLOWED.code()),
  /**
   * The consumer's tickets aren't good, or have expired (10_403). Told apart by the producer alone:
   * the consumer counts it as {@link #NOT_ALLOWED}.
   */
  NO_TICKET(StreamCloseReasons.NOT_ALLOWED.code()),
  /**
   * The consumer is too far away (10_403). Told apart by the producer alone, as {@link #NO_TICKET}.
   */
  TOO_FAR(StreamCloseReasons.NOT_ALLOWED.code()),
  /** Its type of datums can't answer the consumer's criteria (10_422). */
  BAD_CRITERIA(StreamCloseReasons.BAD_CRITERIA.code()),
  /** Its node doesn't produce the stream any more, though it was announced (10_404). */
  NOT_FOUND(StreamCloseReasons.NOT_FOUND.code());

  private final long code;

  Refusal(long code) {
    this.code = code;
  }

  /** What a link was closed for, or null if that is no refusal. */
  static @Nullable Refusal of(CloseReason closed) {
    for (Refusal refusal : values()) {
      if (refusal.code == closed.code()) {
        return refusal;
      }
    }
    return null;
  }
}

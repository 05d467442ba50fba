package io.mosaik.tickets;

import java.time.Instant;

/** What a ticket is worth. */
public sealed interface Validity {

  /** It is good, and never expires. */
  record Unlimited() implements Validity {}

  /**
   * It is good up to an instant.
   *
   * @param end from then on it is not
   */
  record Until(Instant end) implements Validity {}

  /**
   * It is not good.
   *
   * @param reason for logs, and for the peer that is refused
   */
  record Refused(String reason) implements Validity {}

  /** It is good, and never expires. */
  static Validity unlimited() {
    return new Unlimited();
  }

  /** It is good until then. */
  static Validity until(Instant end) {
    return new Until(end);
  }

  /** It is not good, for a reason. */
  static Validity refused(String reason) {
    return new Refused(reason);
  }

  /** Whether it is good, for however long. */
  default boolean isGood() {
    return !(this instanceof Refused);
  }

  /** The one that is good for longer. */
  default Validity orLonger(Validity other) {
    return compare(this, other) >= 0 ? this : other;
  }

  /** The one that is good for less long; a refusal before all. */
  default Validity orShorter(Validity other) {
    return compare(this, other) <= 0 ? this : other;
  }

  private static int compare(Validity one, Validity other) {
    return one instanceof Until a && other instanceof Until b
        ? a.end.compareTo(b.end)
        : Integer.compare(rank(one), rank(other));
  }

  private static int rank(Validity validity) {
    return switch (validity) {
      case Refused refused -> 0;
      case Until until -> 1;
      case Unlimited unlimited -> 2;
    };
  }
}

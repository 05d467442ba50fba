package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.runtime.Platform;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.Validity;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Judges the tickets of entries, by the wall time of this node. As slow as the validators are. */
final class TicketJudge {

  /** The longest that a verdict stands without being looked at again. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private final TicketRequirement required;
  private final Platform platform;

  TicketJudge(TicketRequirement required, Platform platform) {
    this.required = required;
    this.platform = platform;
  }

  /** Whether nothing is asked for. */
  boolean asksNothing() {
    return required.isEmpty();
  }

  /** On the strand of users' code. */
  Verdict judge(PeerEntry entry) {
    Instant now = Instant.ofEpochMilli(platform.clock().currentTimeMillis());
    return switch (required.judge(entry.tickets(), entry.peerId(), now)) {
      case Validity.Unlimited ignored -> Verdict.GOOD;
      case Validity.Until(var end) -> new Verdict(null, until(now, end));
      case Validity.Refused(var why) -> new Verdict(why, null);
    };
  }

  /** A millisecond more, so that it is over by then. */
  private static Duration until(Instant now, Instant end) {
    return end.isAfter(now.plus(LONGEST)) ? LONGEST : Duration.between(now, end).plusMillis(1);
  }

  /**
   * What came of it.
   *
   * @param refusal why the tickets aren't good, or null if they are
   * @param standsFor when to judge again by the present entry, at the latest; null for never
   */
  record Verdict(@Nullable String refusal, @Nullable Duration standsFor) {

    /** They are good for ever. */
    static final Verdict GOOD = new Verdict(null, null);
  }
}

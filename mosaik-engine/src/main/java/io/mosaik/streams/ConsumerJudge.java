package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.runtime.Platform;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a producer requires of its consumers: predicates, then tickets. All of it is users' code,
 * and may be slow.
 */
final class ConsumerJudge {

  /** The longest that a verdict stands without being looked at again. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /** What a consumer hears that a predicate refuses. */
  private static final CloseReason BY_PREDICATE =
      StreamCloseReasons.NOT_ALLOWED.because("its entry doesn't satisfy requireConsumer");

  private final ProducerSettings settings;
  private final Platform platform;

  ConsumerJudge(ProducerSettings settings, Platform platform) {
    this.settings = settings;
    this.platform = platform;
  }

  /** Whether everyone is taken, for good. */
  boolean asksNothing() {
    return settings.required().isEmpty() && settings.tickets().isEmpty();
  }

  /** Asks users' code about a consumer's entry. */
  Verdict judge(PeerEntry entry) {
    if (!Predicates.all(settings.required(), entry)) {
      return new Verdict(Refusal.NOT_ALLOWED, BY_PREDICATE, null);
    }
    Instant now = Instant.ofEpochMilli(platform.clock().currentTimeMillis());
    return switch (settings.tickets().judge(entry.tickets(), entry.peerId(), now)) {
      case Validity.Unlimited ignored -> new Verdict(null, CloseReason.SUCCESS, null);
      case Validity.Until(var end) -> new Verdict(null, CloseReason.SUCCESS, until(now, end));
      case Validity.Refused(var why) ->
          new Verdict(Refusal.NO_TICKET, StreamCloseReasons.NOT_ALLOWED.because(why), null);
    };
  }

  /** A millisecond more, so that it is over by then. */
  private static Duration until(Instant now, Instant end) {
    return end.isAfter(now.plus(LONGEST)) ? LONGEST : Duration.between(now, end).plusMillis(1);
  }

  /**
   * What came of it.
   *
   * @param refusal why not, or null if the consumer is taken
   * @param reason to close its link with if it isn't
   * @param standsFor when to judge again by the present entry, at the latest; null for never
   */
  record Verdict(@Nullable Refusal refusal, CloseReason reason, @Nullable Duration standsFor) {}
}

package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.runtime.Platform;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a producer requires of its consumers' entries: predicates, then tickets. All of it is users'
 * code, and may be slow.
 */
final class ConsumerJudge {

  /** What a consumer hears that a predicate refuses. */
  private static final CloseReason BY_PREDICATE =
      StreamCloseReasons.NOT_ALLOWED.because("its entry doesn't satisfy requireConsumer");

  private final ProducerSettings settings;
  private final TicketJudge tickets;

  ConsumerJudge(ProducerSettings settings, Platform platform) {
    this.settings = settings;
    tickets = new TicketJudge(settings.tickets(), platform);
  }

  /** Whether everyone is taken, for good. */
  boolean asksNothing() {
    return settings.required().isEmpty() && tickets.asksNothing();
  }

  /** Asks users' code about a consumer's entry. */
  Verdict judge(PeerEntry entry) {
    if (!Predicates.all(settings.required(), entry)) {
      return new Verdict(Refusal.NOT_ALLOWED, BY_PREDICATE, null);
    }
    TicketJudge.Verdict carried = tickets.judge(entry);
    return carried.refusal() == null
        ? new Verdict(null, CloseReason.SUCCESS, carried.standsFor())
        : new Verdict(
            Refusal.NO_TICKET, StreamCloseReasons.NOT_ALLOWED.because(carried.refusal()), null);
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

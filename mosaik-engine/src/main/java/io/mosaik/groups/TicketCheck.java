package io.mosaik.groups;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.groups.bond.Admission;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the user's validators about tickets, on a strand of their own: they may be slow. Who is not
 * judged within {@link #DEADLINE} is refused, and no more than {@link #MOST_WAITING} wait for a
 * validator that hangs. On the group's strand, but for what says otherwise.
 */
final class TicketCheck implements Admission {

  /** How long validators may take over one peer. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(TicketCheck.class);
  private static final int MOST_WAITING = 256;

  private final TicketRequirement requirement;
  private final Platform platform;
  private final Strand strand;
  private final String group;
  private final @Nullable Strand validators;
  private int waiting;

  TicketCheck(TicketRequirement requirement, Platform platform, Strand strand, String group) {
    this.requirement = requirement;
    this.platform = platform;
    this.strand = strand;
    this.group = group;
    validators = requirement.isEmpty() ? null : platform.newUserStrand("group-tickets-" + group);
  }

  /** A peer that is being judged. */
  private final class Question {

    private final PeerEntry entry;
    private final Consumer<Validity> verdict;
    private final Timer deadline;
    private boolean over;

    Question(PeerEntry entry, Consumer<Validity> verdict) {
      this.entry = entry;
      this.verdict = verdict;
      deadline = strand.schedule(DEADLINE, this::giveUp);
    }

    /** On the validators' strand. */
    void judge() {
      Instant now = Instant.ofEpochMilli(platform.clock().currentTimeMillis());
      Validity validity = requirement.judge(entry.tickets(), entry.peerId(), now);
      strand.execute(() -> {
        waiting--;
        deadline.cancel();
        answer(validity);
      });
    }

    private void giveUp() {
      if (!over) {
        log.warn(
            "Group {}: the ticket validators have not judged {} within {} s, so it is refused;"
                + " {} peers wait for them",
            group,
            entry.peerId().toShortString(),
            DEADLINE.toSeconds(),
            waiting);
        answer(Validity.refused("its ticket could not be judged in time"));
      }
    }

    private void answer(Validity validity) {
      if (!over) {
        over = true;
        verdict.accept(validity);
      }
    }
  }

  @Override
  public void judge(PeerEntry entry, Consumer<Validity> verdict) {
    if (validators == null) {
      verdict.accept(Validity.unlimited());
      return;
    }
    var question = new Question(entry, verdict);
    if (waiting < MOST_WAITING) {
      waiting++;
      validators.execute(question::judge);
    } // else they hang, and it is refused in its turn
  }

  void close() {
    if (validators != null) {
      validators.close();
    }
  }
}

package io.mosaik.groups;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.groups.bond.Admission;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.Validity;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the user's validators about tickets, on a strand of their own: they may be slow. */
final class TicketCheck implements Admission {

  private final TicketRequirement requirement;
  private final Platform platform;
  private final Strand strand;
  private final @Nullable Strand validators;

  TicketCheck(TicketRequirement requirement, Platform platform, Strand strand, String group) {
    this.requirement = requirement;
    this.platform = platform;
    this.strand = strand;
    validators = requirement.isEmpty() ? null : platform.newUserStrand("group-tickets-" + group);
  }

  @Override
  public void judge(PeerEntry entry, Consumer<Validity> verdict) {
    if (validators == null) {
      verdict.accept(Validity.unlimited());
      return;
    }
    validators.execute(() -> {
      Instant now = Instant.ofEpochMilli(platform.clock().currentTimeMillis());
      Validity validity = requirement.judge(entry.tickets(), entry.peerId(), now);
      strand.execute(() -> verdict.accept(validity));
    });
  }

  void close() {
    if (validators != null) {
      validators.close();
    }
  }
}

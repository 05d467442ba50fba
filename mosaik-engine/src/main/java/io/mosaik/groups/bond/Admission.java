package io.mosaik.groups.bond;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.tickets.Validity;
import java.util.function.Consumer;

/** Says who may bond, by what a peer carries, beside the proof that it knows the key. */
@FunctionalInterface
public interface Admission {

  /** Whoever knows the key. */
  Admission ALL = (entry, verdict) -> verdict.accept(Validity.unlimited());

  /**
   * Judges a peer. Called on the group's strand; never blocks.
   *
   * @param entry what the peer says of itself
   * @param verdict is told once, on the group's strand, at once or later, in the order of the
   *     calls; a refusal, if judging takes too long
   */
  void judge(PeerEntry entry, Consumer<Validity> verdict);
}

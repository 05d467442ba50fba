package io.mosaik.groups.raft;

import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.StoredLog;
import java.util.List;
import java.util.random.RandomGenerator;

/** The consensus core of one member of one group; see the package's description. */
@SuppressWarnings("DoNotCallSuggester")
public final class Raft {

  /**
   * A core at rest.
   *
   * @param config the group's settings
   * @param options this member's own
   * @param stored what its storage had kept
   * @param random for timeouts and lineages; seeded, and used by this core alone
   */
  public Raft(
      ConsensusConfig config, RaftOptions options, StoredLog stored, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /** Begins: sets the first timers. Called once, before any step. */
  public void start(long nowNs, List<Effect> out) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes one input.
   *
   * @param input what happened
   * @param nowNs the time, in nanoseconds of a clock that never goes back
   * @param out the effects are added here, to be carried out in order
   */
  public void step(Input input, long nowNs, List<Effect> out) {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends a turn: what can wait for more of the same (entries to broadcast and store, answers to
   * them) is let go as few messages. Called after each step, or once after several steps whose
   * inputs were there at the same time.
   */
  public void flush(long nowNs, List<Effect> out) {
    throw new UnsupportedOperationException();
  }

  /** The origin under which this core proposes commands. */
  public Origin origin() {
    throw new UnsupportedOperationException();
  }

  /** A snapshot of the core's state. */
  public RaftStatus status(long nowNs) {
    throw new UnsupportedOperationException();
  }
}

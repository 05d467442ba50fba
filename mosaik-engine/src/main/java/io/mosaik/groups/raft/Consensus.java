package io.mosaik.groups.raft;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.StoredLog;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a shell drives: takes inputs and the time, gives effects, never blocks. {@link Raft} is the
 * only one that ships; a test may put one before it that watches every step.
 */
public interface Consensus {

  /** Makes the core of a member that starts. */
  @FunctionalInterface
  interface Maker {

    /**
     * A core at rest.
     *
     * @param config the group's settings
     * @param options this member's own
     * @param stored what its storage had kept
     * @param random seeded, and used by this core alone
     */
    Consensus make(
        ConsensusConfig config, RaftOptions options, StoredLog stored, RandomGenerator random);
  }

  /** Begins: sets the first timers. Called once, before any step. */
  void start(long nowNs, List<Effect> out);

  /**
   * Takes one input.
   *
   * @param input what happened
   * @param nowNs the time, in nanoseconds of a clock that never goes back
   * @param out the effects are added here, to be carried out in order
   */
  void step(Input input, long nowNs, List<Effect> out);

  /**
   * Ends a turn: what can wait for more of the same (entries to broadcast and store, answers to
   * them) is let go as few messages. Called after each step, or once after several steps whose
   * inputs were there at the same time.
   */
  void flush(long nowNs, List<Effect> out);

  /**
   * The leadership that this member can rely on at the moment, if any; the same object as long as
   * it is the same. It changes with each step and flush, and what is taken back is to be taken back
   * before any effect of that step is carried out.
   */
  @Nullable Tenure tenure();

  /** The origin under which this core proposes commands. */
  Origin origin();

  /** A snapshot of the core's state. */
  RaftStatus status();
}

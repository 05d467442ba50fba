package io.mosaik.groups.raft;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where this leader's log was an election timeout ago. Who is not even there by now lags; who is
 * there keeps up, however many entries are on their way at the leader's present speed (§4.2.1).
 */
final class Pace {

  /** Positions are kept this finely: so many in an election timeout. */
  private static final int SAMPLES = 8;

  /** How long the log was, and up to where committed. */
  record Sample(long atNs, long lastIndex, long commitIndex) {}

  private final RaftState state;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private long term;

  Pace(RaftState state) {
    this.state = state;
  }

  /** Looks at the log, on the leader, in every turn. */
  void observe() {
    if (term != state.term()) {
      term = state.term();
      samples.clear();
    }
    Sample last = samples.peekLast();
    if (last == null || state.now() - last.atNs() >= state.electionTimeoutNs() / SAMPLES) {
      samples.add(new Sample(state.now(), state.log.lastIndex(), state.log.commitIndex()));
    }
    while (samples.size() > 1 && isOld(second())) {
      samples.remove();
    }
  }

  private Sample second() {
    var each = samples.iterator();
    each.next();
    return each.next();
  }

  private boolean isOld(Sample sample) {
    return state.now() - sample.atNs() >= state.electionTimeoutNs();
  }

  /** Where the log was an election timeout ago; null if it was not this leader's then. */
  @Nullable Sample ago() {
    Sample oldest = samples.peek();
    return oldest != null && isOld(oldest) ? oldest : null;
  }
}

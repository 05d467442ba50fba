package io.mosaik.groups.raft;

/**
 * How much room there is for entries, in this member's log (N7) and before its disk (R7). At its
 * bound a leader takes no commands, whosever they are. A log that its own machine keeps full,
 * because the image at a cut or the start from a snapshot is still to come, takes no entries from
 * others either, and is no leader's for long. Where much waits for the disk no more is taken until
 * that goes on.
 */
final class LogRoom {

  /** A leader yields at most once in so many election timeouts: others may be full, too. */
  private static final int YIELD_EVERY = 10;

  /** So much may wait for the disk: 32 MiB. */
  static final long MAX_UNSTORED_BYTES = 32L << 20;

  private final RaftState state;

  /** The machine was asked for an image, and has not answered. */
  private boolean cutting;

  /** The machine starts over from a snapshot. */
  private boolean restoring;

  /** Commands came for which there was no room. */
  private boolean refused;

  private boolean hasYielded;
  private long yieldedNs;

  LogRoom(RaftState state) {
    this.state = state;
  }

  boolean isFull() {
    LogBounds bounds = state.options.bounds();
    return state.log.heldEntries() >= bounds.mostEntries()
        || state.log.heldBytes() >= bounds.mostBytes();
  }

  /** Whether it is full, and stays so until its own machine goes on. */
  boolean isKeptFull() {
    return (cutting || restoring) && isFull();
  }

  /**
   * Whether commands of this member's own user are turned away at once: where it would have to
   * place them itself, its own machine keeps its log full, or no snapshot ever makes room. Any
   * other follower leaves it to the leader, for the next cut is the leader's.
   */
  boolean turnsAway() {
    LogBounds bounds = state.options.bounds();
    boolean forGood = bounds.cutEntries() == Long.MAX_VALUE && bounds.cutBytes() == Long.MAX_VALUE;
    return isFull() && (state.leads() || cutting || restoring || forGood);
  }

  /** Whether entries of others are taken now. */
  boolean takesEntries() {
    return !isKeptFull() && !isBehindDisk();
  }

  /** Whether commands are placed now. */
  boolean takesCommands() {
    return !isFull() && !isBehindDisk();
  }

  private boolean isBehindDisk() {
    return state.log.unstoredBytes() >= MAX_UNSTORED_BYTES;
  }

  /** Whether an image that is still to come could make room. */
  boolean awaitsImage() {
    return cutting;
  }

  void cutting(boolean now) {
    cutting = now;
  }

  void restoring(boolean now) {
    restoring = now;
  }

  /** Commands were refused for want of room. */
  void refused() {
    refused = true;
  }

  /** Whether a leader is to make way for one whose machine goes on; remembers that it was asked. */
  boolean yields() {
    if (!isKeptFull()) {
      refused = false;
      return false;
    }
    boolean lately =
        hasYielded && state.now() - yieldedNs < YIELD_EVERY * state.electionTimeoutNs();
    if (!refused || lately) {
      return false;
    }
    refused = false;
    hasYielded = true;
    yieldedNs = state.now();
    return true;
  }
}

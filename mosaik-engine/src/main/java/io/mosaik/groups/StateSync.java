package io.mosaik.groups;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * How a member that is behind gets the state of a {@link StateMachine}. The machine chooses; it is
 * part of the group's id, for all members have to do it alike.
 */
public sealed interface StateSync {

  /** Names the way and its version; part of the group's id. */
  String signature();

  /**
   * All commands again, from the first one on. Nothing is asked of the machine, and the log grows
   * with every command, in the memory of every member: it has a bound, at which commands are
   * rejected.
   *
   * @param maxEntries a member whose log holds so many entries takes no commands from its user
   * @param maxBytes the same in bytes
   */
  record LogReplay(long maxEntries, long maxBytes) implements StateSync {

    /** Ten million entries, 1 GiB. */
    public static final LogReplay DEFAULT = new LogReplay(10_000_000, 1L << 30);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public LogReplay {
      if (maxEntries < 1 || maxBytes < 1) {
        throw new IllegalArgumentException(
            "the bounds of a log are positive, these are %,d entries and %,d bytes"
                .formatted(maxEntries, maxBytes));
      }
    }

    @Override
    public String signature() {
      return "mosaik.sync.log-replay.1";
    }
  }

  /**
   * The state itself, as bytes. All members take a snapshot at the same positions of the log, and
   * drop the log before it.
   *
   * <p>The same state must give the same bytes on every member, whatever way it came about: sort
   * what a hash table has in no order. Members compare digests of their snapshots; where they
   * differ the members have diverged, which is said as an error in the log and in the status.
   */
  non-sealed interface Snapshot extends StateSync {

    @Override
    default String signature() {
      return "mosaik.sync.snapshot.1";
    }

    /** When to take snapshots; {@link SnapshotPolicy#DEFAULT} if not overridden. */
    default SnapshotPolicy policy() {
      return SnapshotPolicy.DEFAULT;
    }

    /**
     * Takes hold of the state as it is now. Called on the machine's strand, between two commands:
     * commands wait until it returns, so it should copy no more than it has to (nothing, where the
     * state is in immutable structures).
     */
    Image image();

    /**
     * Replaces the state, which {@link StateMachine#reset} has emptied before, by that of a
     * snapshot. Called on the machine's strand; may block and be slow.
     *
     * @param in what {@link Image#writeTo} wrote, checked, to its end
     * @throws IOException of the stream, or if it can't be read: the member stops then
     */
    void restore(InputStream in) throws IOException;
  }

  /** A state that stays as it was, however the machine goes on. */
  @FunctionalInterface
  interface Image {

    /**
     * Writes the state. Called once, on a strand for users' code other than the machine's, while
     * commands are applied; may block and be slow.
     *
     * @throws IOException of the stream
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * When snapshots are taken. The leader's decides for all.
   *
   * @param everyEntries when the log has grown by so many entries since the last snapshot
   * @param everyBytes or by so many bytes
   * @param keptEntries so many entries before a snapshot are kept, if they have no more than {@code
   *     everyBytes}, so that who is a little behind gets those and not the snapshot
   */
  record SnapshotPolicy(long everyEntries, long everyBytes, long keptEntries) {

    /** Every 100,000 entries or 64 MiB; 10,000 entries are kept. */
    public static final SnapshotPolicy DEFAULT = new SnapshotPolicy(100_000, 64L << 20, 10_000);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public SnapshotPolicy {
      if (everyEntries < 1 || everyBytes < 1 || keptEntries < 0) {
        throw new IllegalArgumentException(
            "a snapshot is taken every %,d entries or %,d bytes and %,d entries are kept: too few"
                .formatted(everyEntries, everyBytes, keptEntries));
      }
    }
  }
}

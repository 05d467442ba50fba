package io.mosaik.groups.raft;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.PeerId;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What happens to a {@link Raft} core. */
public sealed interface Input {

  /**
   * A message came on the bond with a member. Comes only between that member's {@link BondUp} and
   * {@link BondDown}, in the order in which it was sent.
   */
  record Received(Member from, Message message) implements Input {}

  /** The timer that was last set of this kind is due. */
  record TimerFired(TimerKind kind) implements Input {}

  /**
   * A bond with a member was formed. A peer has one bond at most: a new one, be it to another
   * incarnation, comes after the old one's {@link BondDown}.
   *
   * @param member who
   * @param observer whether it said that it only observes
   */
  record BondUp(Member member, boolean observer) implements Input {}

  /** The bond with a member is gone, for whatever reason. */
  record BondDown(Member member) implements Input {}

  /** A member said that it leaves. Its bond goes down by a {@link BondDown} of its own. */
  record Departed(Member member) implements Input {}

  /**
   * Commands of this node's user, to be replicated in this order, and placed in the log together.
   * Answered by {@link Effect.ProposalAccepted} or {@link Effect.ProposalRejected} with the same
   * token, at once or when a leader is known. The arrays must not change afterwards.
   *
   * @param token of the caller's choice
   * @param commands at least one
   */
  record Propose(long token, List<byte[]> commands) implements Input {
    /** Copies the list, not the commands. */
    public Propose {
      commands = List.copyOf(commands);
    }
  }

  /**
   * The user no longer waits for a proposal. If none of it has left this node, it is dropped and
   * {@link Effect.ProposalRejected} says so; otherwise nothing happens.
   */
  record Withdraw(long token) implements Input {}

  /**
   * A strong read begins (§6.4). Answered by {@link Effect.ReadReady} or {@link Effect.ReadFailed}
   * with the same token, but for when messages are lost: the caller keeps a deadline.
   *
   * @param token of the caller's choice, not in use by another read
   */
  record ReadIndex(long token) implements Input {}

  /**
   * A {@link Effect.Persist} with entries has become durable.
   *
   * @param last the position of the last of its entries
   */
  record Persisted(LogPosition last) implements Input {}

  /**
   * This node's user wants another member to lead (§3.10). Answered by {@link Effect.TransferDone}
   * or {@link Effect.TransferFailed} with the same token, within an election timeout.
   *
   * @param token of the caller's choice
   * @param to the voter that is to lead; null for the one that has most of the log
   */
  record Transfer(long token, @Nullable PeerId to) implements Input {}

  /**
   * A snapshot is durable in this node's storage: one that {@link Effect.Cut} asked for, or {@link
   * Effect.FetchSnapshot}.
   */
  record SnapshotStored(SnapshotManifest snapshot) implements Input {}

  /**
   * What {@link Effect.Cut} asked for is over: the snapshot is stored, which was told before, or
   * there is none. One that is left out because another is being made ends with that one.
   */
  record CutEnded() implements Input {}

  /** Nobody has the snapshot any more that {@link Effect.FetchSnapshot} asked for. */
  record SnapshotLost(SnapshotManifest snapshot) implements Input {}

  /**
   * The machine has started over from the snapshot of {@link Effect.Rebuild}.
   *
   * @param snapshot that it started from
   * @param lastSequence the last of this node's own commands in it; 0 if there is none
   */
  record Restored(SnapshotManifest snapshot, long lastSequence) implements Input {}

  /**
   * An operator says that the logs of these peers are lost for good. If with that no majority can
   * return, what remains begins the next epoch (G4). Void as soon as a leader is heard of.
   */
  record Recover(Set<PeerId> lost) implements Input {
    /** Copies the set. */
    public Recover {
      lost = Collections.unmodifiableSet(new TreeSet<>(lost));
    }
  }

  /**
   * This node leaves: if it leads, it hands its leadership over first (C6). Answered by {@link
   * Effect.LeaveReady}, at once where there is nothing to hand over.
   */
  record Leave() implements Input {}
}

package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Raft} core wants done. Effects are carried out in the order given, and wait for the
 * disk as {@link EffectQueue} has it. Later inputs may be given to the core meanwhile; their
 * effects queue up behind.
 */
public sealed interface Effect {

  /** Whether it tells others that entries are stored here, which must be true by then (R1). */
  default boolean saysWhatIsStored() {
    return false;
  }

  /** Send to the bond with this member; if it is gone by now, drop. */
  record Send(Member to, Message message) implements Effect {

    @Override
    public boolean saysWhatIsStored() {
      return message instanceof Message.AppendResponse;
    }
  }

  /** Send to every bond, encoded once. */
  record Broadcast(Message message) implements Effect {}

  /**
   * Store now, and make durable. If it has entries, then tell the core by {@link Input.Persisted}
   * with {@link LogWrite#last} when they are.
   */
  record Persist(LogWrite write) implements Effect {}

  /**
   * These entries are committed, each exactly once and in order, from index 1 on after a start, or
   * from behind the snapshot of the last {@link Rebuild}.
   *
   * @param firstIndex the index of the first
   * @param entries of every kind; only commands concern the state machine
   */
  record Apply(long firstIndex, List<Entry> entries) implements Effect {}

  /**
   * All up to here was given to {@link Apply}, and nothing behind it: take an image of the state
   * now and write it as a snapshot, without delaying what follows. When it is durable, {@link
   * Input.SnapshotStored} says so. A cut may be skipped: the log stays longer then.
   *
   * @param lineage of the log
   * @param position of the entry that asks for it
   * @param committee that is in force there
   * @param committeeIndex of the entry that named it
   */
  record Cut(Lineage lineage, LogPosition position, Committee committee, long committeeIndex)
      implements Effect {}

  /**
   * A durable snapshot covers the stored entries up to this index: they are not needed any more.
   */
  record Prune(long throughIndex) implements Effect {}

  /**
   * The log goes on behind a snapshot that this node lacks: get it from whoever has it, and store
   * it. Answered by {@link Input.SnapshotStored} when it is durable, or by {@link
   * Input.SnapshotLost}. One at a time.
   *
   * @param snapshot what to get
   * @param from who said that it has it; others may have it too
   */
  record FetchSnapshot(SnapshotManifest snapshot, Member from) implements Effect {}

  /**
   * Entries came that this member had missed, and are in its log now (R2).
   *
   * @param source who sent them
   * @param from the index behind which entries were missing, when it began to fetch them
   * @param to up to where it knows that there are some
   * @param index up to where it has them; never above {@code to}
   * @param bytes how many bytes of entries have come since it began
   */
  record EntriesFetched(Member source, long from, long to, long index, long bytes)
      implements Effect {

    /** Checks that it is progress. */
    public EntriesFetched {
      if (from < 0 || index <= from || to < index || bytes <= 0) {
        throw new IllegalArgumentException(
            "%d bytes of entries from %d to %d, up to %d".formatted(bytes, from, to, index));
      }
    }
  }

  /** The snapshot that is being fetched is not needed any more; needs no answer. */
  record AbandonFetch() implements Effect {}

  /**
   * What was applied so far is void: the machine starts over, and {@link Apply} goes on behind the
   * snapshot. A rebuild from a snapshot is answered by {@link Input.Restored}.
   *
   * @param snapshot that it starts from; null for the beginning of a log
   */
  record Rebuild(@Nullable SnapshotManifest snapshot) implements Effect {}

  /**
   * The lineage is over, and its log is about to be dropped: have the storage set a copy aside. To
   * be done before the {@link Persist} that follows.
   */
  record Archive() implements Effect {}

  /**
   * What this member has applied is void from a position on, told once the machine was started over
   * by {@link Rebuild}.
   *
   * @param from up to where it had been committed here
   * @param to what is left of that; {@link LogPosition#START} if nothing is, or it isn't known
   * @param lineage of the log that was given up
   * @param into the lineage that goes on in its place
   */
  record Reverted(LogPosition from, LogPosition to, Lineage lineage, Lineage into)
      implements Effect {

    /** Whether the log goes on in the same lineage, with other entries (B4). */
    public boolean isOfOneLineage() {
      return lineage.equals(into);
    }
  }

  /**
   * Commands that were {@linkplain ProposalAccepted accepted} and not applied are sent again in
   * another lineage.
   *
   * @param by their numbers are less by so many
   * @param origin that they and all later ones have from here on
   */
  record ProposalsRenumbered(long by, Origin origin) implements Effect {}

  /**
   * Commands that were accepted and not applied are not sent again: whether they were applied, or
   * will be, is not known (S7). Later ones have another origin, and numbers from 1 on.
   */
  record ProposalsLost(Origin origin) implements Effect {}

  /**
   * No majority of the committee is there, and hasn't been for long; told again whenever it is
   * another one. {@link RaftStatus#outage} is null when it is over.
   */
  record OutageSeen(Outage outage) implements Effect {}

  /**
   * The group goes on in its next epoch, with what was in one member's log up to a position (G3).
   * What was committed beyond is lost: nobody that is left had it.
   *
   * @param kept the last position of the epoch before; the start where only a snapshot of what came
   *     later told of it
   * @param into the next epoch
   * @param gone whose logs were lost; none where only a snapshot told
   */
  record Recovered(LogPosition kept, Lineage into, List<Member> gone) implements Effect {

    static Recovered bySnapshot(Lineage into) {
      return new Recovered(LogPosition.START, into, List.of());
    }

    /** Whether what was kept and who is gone can't be known. */
    public boolean isKnownBySnapshot() {
      return kept.equals(LogPosition.START);
    }
  }

  /** Give {@link Input.TimerFired} after this delay; replaces the pending one of this kind. */
  record SetTimer(TimerKind kind, long delayNs) implements Effect {}

  /** Forget the timer of this kind, if one is pending. */
  record CancelTimer(TimerKind kind) implements Effect {}

  /** This node's role, its term or the leader it knows has changed. */
  record RoleChanged(Role role, long term, @Nullable Member leader) implements Effect {}

  /**
   * A proposal's commands have got their numbers and are on their way: from here on they may be
   * applied whatever else happens. They are applied when {@link Apply} brings commands of {@link
   * Raft#origin} with these numbers and the sessions let them pass.
   *
   * @param token of the proposal
   * @param firstSequence the number of its first command; the others follow
   * @param count how many
   */
  record ProposalAccepted(long token, long firstSequence, int count) implements Effect {}

  /**
   * A leader has placed commands of this node in its log; not a promise that they stay there.
   *
   * @param firstSequence the number of the first command
   * @param count how many
   * @param firstIndex the index of the first; the others follow
   * @param term of the leader
   */
  record ProposalPlaced(long firstSequence, int count, long firstIndex, long term)
      implements Effect {}

  /** A proposal was surely not and will never be applied. */
  record ProposalRejected(long token, Rejection reason) implements Effect {}

  /** Why a proposal was rejected. */
  enum Rejection {
    /** It was withdrawn, or this node leaves, before a leader was known to send it to. */
    OFFLINE,
    /**
     * Its commands have more than {@link Entry#MAX_COMMAND_BYTES}, or are more than {@link
     * Message#MAX_BATCH_ENTRIES}.
     */
    TOO_LARGE,
    /** Too many commands wait already. */
    FULL,
    /** The log has reached its bound, and no snapshot makes it shorter ({@link LogBounds}). */
    LOG_FULL
  }

  /**
   * A strong read may be answered by the local state once it has applied this index. All up to it
   * has been given to {@link Apply} before.
   */
  record ReadReady(long token, long index) implements Effect {}

  /** A strong read can't be confirmed now: no leader is known, or it changed. */
  record ReadFailed(long token) implements Effect {}

  /** A transfer that was asked for here has ended: this member leads now, the wanted one or not. */
  record TransferDone(long token, Member leader) implements Effect {}

  /** A transfer that was asked for here has failed. */
  record TransferFailed(long token, TransferFailure reason) implements Effect {}

  /** Why a transfer failed. */
  enum TransferFailure {
    /** This member doesn't lead. */
    NOT_LEADING,
    /** Another transfer is under way, or this member leaves. */
    BUSY,
    /** There is no other voter that it is bonded with, or not the one that was asked for. */
    NO_SUCCESSOR,
    /** The successor did not get all of the log, or was not elected, within an election timeout. */
    TIMED_OUT
  }

  /** Nothing is left to be handed over: close the bonds. */
  record LeaveReady() implements Effect {}

  /** The other end broke the protocol: close this bond. */
  record Violation(Member member, String what) implements Effect {}

  /**
   * Another member leads a group of another lineage, and the formations of both are committed: one
   * of them will give way (L2). Told once for each peer.
   */
  record LineagesMet(Member leader, Lineage other) implements Effect {}

  /** This member found its own state broken and does nothing any more. */
  record Stopped(String reason) implements Effect {}
}

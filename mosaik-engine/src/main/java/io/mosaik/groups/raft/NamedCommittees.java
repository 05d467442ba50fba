package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a log that name its committee, and with it perhaps its lineage. The one that is
 * named last counts, committed or not (§4.1); which others may be in force where that is not known
 * to be committed is answered here (§4.2.2).
 */
final class NamedCommittees {

  private final RaftLog log;

  /** In order. */
  private final ArrayList<Long> indices = new ArrayList<>();

  NamedCommittees(RaftLog log) {
    this.log = log;
  }

  /** The index of the last one; that of the base if there is none behind it. */
  long lastIndex() {
    return indices.isEmpty() ? log.beginning().committeeIndex() : indices.getLast();
  }

  /**
   * Whether a committee that may be in force names a member: the last one, or an earlier one whose
   * successor is not known to be committed (§4.2.2).
   */
  boolean maybeNames(Member member) {
    for (int i = indices.size() - 1; i >= 0; i--) {
      Committee committee = named(indices.get(i));
      if (committee != null && committee.contains(member)) {
        return true;
      }
      if (indices.get(i) <= log.commitIndex()) {
        return false;
      }
    }
    Committee before = log.beginning().committee();
    return before != null && before.contains(member);
  }

  /** The members of all committees of the present epoch that may be in force. */
  Set<Member> possibleVoters() {
    var voters = new TreeSet<Member>();
    for (int i = indices.size() - 1; i >= 0; i--) {
      long index = indices.get(i);
      Committee committee = named(index);
      if (committee != null) {
        voters.addAll(committee.members());
      }
      if (index <= log.commitIndex() || log.entry(index) instanceof Entry.Recovery) {
        return voters; // none before can decide anything any more
      }
    }
    Committee before = log.beginning().committee();
    if (before != null) {
      voters.addAll(before.members());
    }
    return voters;
  }

  /** Whether the entry that began the present epoch is not known to be committed. */
  boolean hasNewEpoch() {
    for (int i = indices.size() - 1; i >= 0; i--) {
      long index = indices.get(i);
      if (index <= log.commitIndex()) {
        return false;
      }
      if (log.entry(index) instanceof Entry.Recovery) {
        return true;
      }
    }
    return false;
  }

  /** The committee that the entry at this index names. */
  @Nullable Committee named(long index) {
    if (index <= log.beginning().index()) {
      return log.beginning().committee();
    }
    return switch (log.entry(index)) {
      case Entry.Formation formation -> formation.committee();
      case Entry.CommitteeChange change -> change.committee();
      case Entry.Recovery recovery -> recovery.committee();
      case Entry.Noop noop -> throw noCommitteeAt(index);
      case Entry.Command command -> throw noCommitteeAt(index);
      case Entry.SnapshotCut cut -> throw noCommitteeAt(index);
      case Entry.Freeze freeze -> throw noCommitteeAt(index);
      case Entry.Unfreeze unfreeze -> throw noCommitteeAt(index);
      case Entry.Dissolve dissolve -> throw noCommitteeAt(index);
    };
  }

  private static IllegalStateException noCommitteeAt(long index) {
    return new IllegalStateException("no committee at index " + index);
  }

  /** What would be known of the log up to an index, if it were pruned up to there. */
  LogBase baseAt(long index) {
    long named = log.beginning().committeeIndex();
    Lineage of = log.beginning().lineage();
    for (long each : indices) {
      if (each <= index) {
        named = each;
        of =
            switch (log.entry(each)) {
              case Entry.Formation formation -> formation.lineage();
              case Entry.Recovery recovery -> recovery.lineage();
              default -> of;
            };
      }
    }
    return new LogBase(log.position(index), of, named(named), named);
  }

  /** An entry that names one was appended. */
  void note(long index) {
    indices.add(index);
  }

  void truncateFrom(long index) {
    indices.removeIf(named -> named >= index);
  }

  void prune(long throughIndex) {
    indices.removeIf(named -> named <= throughIndex);
  }

  void clear() {
    indices.clear();
  }
}

package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in every history, whatever fails (dissertation, figure 3.2), checked by someone
 * who sees all members at once.
 */
class Invariants {

  /** A history that must not be. */
  static final class ViolatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ViolatedException(String message) {
      super(message);
    }
  }

  private record LedTerm(Lineage lineage, long term) {}

  private record VotedTerm(Member voter, long term) {}

  /** One lineage's committed entries, as far as anyone has applied them. */
  static final class Agreed {
    final List<Entry> entries = new ArrayList<>();

    /** For each entry, the term of the first member that knew it to be committed. */
    final List<Long> knownInTerm = new ArrayList<>();

    final Set<String> commands = new HashSet<>();
    final Sessions sessions = new Sessions();
    @Nullable Committee committee;

    /** The index of the freeze that is in force; 0 if none is. */
    long frozenIndex;

    @Nullable Lineage dissolvedInto;
  }

  private final Map<LedTerm, Member> leaders = new HashMap<>();
  private final Map<VotedTerm, Member> votes = new HashMap<>();
  private final Map<Lineage, Agreed> agreed = new HashMap<>();
  private final boolean sessionsHold;
  private boolean commandsDiffer = true;

  Invariants(Set<Rule> broken) {
    sessionsHold = !broken.contains(Rule.APPLIED_ONCE);
  }

  /**
   * Users may issue the same command twice: equal ones are no sign of one that is applied twice.
   */
  Invariants commandsMayRepeat() {
    commandsDiffer = false;
    return this;
  }

  Agreed agreedIn(Lineage lineage) {
    return agreed.computeIfAbsent(lineage, l -> new Agreed());
  }

  int lineagesWithCommits() {
    return (int) agreed.values().stream().filter(known -> !known.entries.isEmpty()).count();
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new ViolatedException(what);
    }
  }

  /** Election safety and leader completeness. */
  void leads(Member member, RaftState state) {
    var term = new LedTerm(state.log.lineage(), state.term());
    Member other = leaders.putIfAbsent(term, member);
    if (other != null) {
      require(other.equals(member), "two leaders of " + term + ": " + other + " and " + member);
    } else {
      hasWhatIsCommitted(member, state.term(), state);
    }
  }

  /** Leader completeness. */
  void hasWhatIsCommitted(Member member, long term, RaftState state) {
    Agreed known = agreedIn(state.log.lineage());
    for (int i = 0; i < known.entries.size(); i++) {
      if (known.knownInTerm.get(i) < term && i >= state.log.base().index()) {
        boolean has = i < state.log.lastIndex() && sameAt(state, i + 1L, known.entries.get(i));
        require(has, member + " leads " + term + " without committed entry " + (i + 1));
      }
    }
  }

  /** Where everyone has to agree to a formation, none has the log of a group that acts. */
  void forms(SimulatedNode founder, List<SimulatedNode> nodes) {
    for (SimulatedNode node : nodes) {
      Lineage lineage = node.lineage();
      require(
          node == founder || lineage.isNone() || agreedIn(lineage).entries.isEmpty(),
          founder + " forms another group than " + node);
    }
  }

  private static boolean sameAt(RaftState state, long index, Entry entry) {
    return state.log.entry(index).equals(entry);
  }

  /** No vote twice. */
  void votes(Member voter, long term, Member candidate) {
    Member other = votes.putIfAbsent(new VotedTerm(voter, term), candidate);
    require(
        other == null || other.equals(candidate),
        voter + " voted in term " + term + " for " + other + " and for " + candidate);
  }

  void sends(Member from, Member to, Message message) {
    if (message instanceof Message.VoteResponse response
        && response.verdict() == Verdict.GRANTED
        && response.ballot() != Ballot.PRE_VOTE) {
      votes(from, response.askedTerm(), to);
    }
  }

  /**
   * State machine safety: nobody ever applies another entry at the same index.
   *
   * @param lineage of the log that the entries are from, which may be dropped by now
   */
  void applies(Member member, Lineage lineage, long term, long firstIndex, List<Entry> entries) {
    Agreed known = agreedIn(lineage);
    long index = firstIndex;
    for (Entry entry : entries) {
      if (index <= known.entries.size()) {
        Entry before = known.entries.get((int) (index - 1));
        if (!before.equals(entry)) { // the text costs more than the question
          throw new ViolatedException(
              member + " applies " + entry + " at " + index + ", another applied " + before);
        }
      } else {
        require(index == known.entries.size() + 1L, "a gap before " + index);
        agree(lineage, known, entry, term);
      }
      index++;
    }
  }

  private void agree(Lineage lineage, Agreed known, Entry entry, long term) {
    known.entries.add(entry);
    known.knownInTerm.add(term);
    switch (entry) {
      case Entry.Formation formation -> known.committee = formation.committee();
      case Entry.CommitteeChange change -> {
        Committee before = known.committee;
        require(before != null && overlap(before, change.committee()), "no overlap: " + change);
        known.committee = change.committee();
      }
      case Entry.Noop noop -> {}
      case Entry.SnapshotCut cut -> {}
      case Entry.Freeze freeze -> known.frozenIndex = known.entries.size();
      case Entry.Unfreeze unfreeze -> known.frozenIndex = 0;
      case Entry.Dissolve dissolve -> dissolves(lineage, known, dissolve.into());
      case Entry.Command command -> {
        if (known.frozenIndex != 0) {
          throw new ViolatedException("a command while frozen: " + command);
        }
        var verdict = known.sessions.admit(command.origin(), command.sequence());
        if (commandsDiffer && (verdict == Sessions.Verdict.APPLY || !sessionsHold)) {
          String text = new String(command.bytes(), java.nio.charset.StandardCharsets.UTF_8);
          require(known.commands.add(text), "applied twice: " + text);
        }
      }
    }
  }

  /** L2: only the lesser of two dissolves; so never do all, each into the next one. */
  private void dissolves(Lineage lineage, Agreed known, Lineage into) {
    require(known.frozenIndex > 0, lineage + " dissolves without having stood still");
    known.dissolvedInto = into;
    Agreed other = agreedIn(into);
    long standing = other.frozenIndex > 0 ? other.frozenIndex : other.entries.size();
    int byIndex = Long.compare(known.frozenIndex, standing);
    require(
        byIndex < 0 || (byIndex == 0 && lineage.compareTo(into) > 0),
        lineage + " dissolves into the lesser " + into);
    for (Agreed next = other; next.dissolvedInto != null; next = agreedIn(next.dissolvedInto)) {
      require(!next.dissolvedInto.equals(lineage), "all dissolve: " + lineage + " and " + into);
    }
  }

  /** L3: what was committed is given up only by a lineage that has dissolved. */
  void reverts(Lineage lineage) {
    require(
        agreedIn(lineage).dissolvedInto != null || agreedIn(lineage).entries.isEmpty(),
        lineage + " is given up and has not dissolved");
  }

  /** How many lineages have commits and have not dissolved. */
  int lineagesThatLive() {
    return (int)
        agreed.values().stream()
            .filter(known -> !known.entries.isEmpty() && known.dissolvedInto == null)
            .count();
  }

  /** Every majority of one meets every majority of the other. */
  static boolean overlap(Committee one, Committee other) {
    var union = new HashSet<>(one.members());
    union.addAll(other.members());
    return one.majority() + other.majority() > union.size();
  }

  /** A member's machine starts over; what is applied next follows this. */
  void startsFrom(Member member, @Nullable SnapshotManifest snapshot) {}

  /** A snapshot holds exactly what the entries that it covers give. Returns these. */
  List<Entry> restores(Member member, SnapshotManifest snapshot, byte[] bytes) {
    Agreed known = agreedIn(snapshot.lineage());
    long index = snapshot.position().index();
    require(
        index <= known.entries.size(), member + " starts from what nobody applied: " + snapshot);
    List<Entry> covered = List.copyOf(known.entries.subList(0, (int) index));
    requireImage(member, snapshot, covered, bytes);
    return covered;
  }

  /** The bytes are what these entries give. */
  static void requireImage(
      Member member, SnapshotManifest snapshot, List<Entry> covered, byte[] bytes) {
    var sessions = new Sessions();
    var commands = new ArrayList<String>();
    Committee committee = null;
    for (Entry entry : covered) {
      switch (entry) {
        case Entry.Formation formation -> committee = formation.committee();
        case Entry.CommitteeChange change -> committee = change.committee();
        case Entry.Command command -> {
          var verdict = sessions.admit(command.origin(), command.sequence());
          if (verdict == Sessions.Verdict.APPLY) {
            commands.add(new String(command.bytes(), java.nio.charset.StandardCharsets.UTF_8));
          }
        }
        default -> {}
      }
    }
    require(
        Arrays.equals(bytes, RaftWorld.image(sessions, commands)),
        member + " starts from another state than that at " + snapshot.position());
    require(
        snapshot.position().term() == covered.getLast().term()
            && snapshot.committee().equals(committee),
        member + " starts from " + snapshot + " with the committee " + snapshot.committee());
  }

  /** A strong read sees all that was known to be committed when it began. */
  void reads(Member member, long index, long knownAtStart) {
    require(
        index >= knownAtStart,
        member + " reads at " + index + " what was committed up to " + knownAtStart);
  }
}

package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Promise;
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

    /** Whether what was left of it has begun the next epoch. */
    boolean recovered;

    /** The epoch before. */
    @Nullable Lineage before;

    /** How many of its entries are those of the epoch before. */
    long kept;
  }

  private final Map<LedTerm, Member> leaders = new HashMap<>();
  private final Map<VotedTerm, Member> votes = new HashMap<>();
  private final Map<Lineage, Agreed> agreed = new HashMap<>();
  private final boolean sessionsHold;
  private boolean commandsDiffer = true;

  private final Set<Lineage> begun = new HashSet<>();
  private final List<SimulatedNode> nodes;

  /** How often a next epoch was begun. */
  int recoveries;

  /** Whether every node has to be there before anything is formed or recovered (F2, G2). */
  boolean allMeet;

  Invariants(Set<Rule> broken) {
    this(broken, List.of());
  }

  /**
   * Knows the nodes of its world.
   *
   * @param nodes all there are, to see what is left of a log; none where that is not known
   */
  Invariants(Set<Rule> broken, List<SimulatedNode> nodes) {
    this.nodes = nodes;
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
    if (state.log.lineage().epoch() > 0 && begun.add(state.log.lineage())) {
      recovers(state);
    }
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
    if (message instanceof Message.EpochResponse response && response.agrees()) {
      votes(from, response.askedTerm(), to);
    }
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
    inherit(lineage, known, firstIndex - 1);
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

  /** The lineage that a member applies entries as of, if it was another one before. */
  static Lineage lineageOf(RaftState state, Lineage before, long firstIndex, List<Entry> entries) {
    Lineage of =
        entries.getFirst() instanceof Entry.Formation formation ? formation.lineage() : before;
    for (Entry entry : entries) {
      of = entry instanceof Entry.Recovery recovery ? recovery.lineage() : of;
    }
    boolean dropped = // it applies what its log had before
        firstIndex > state.log.lastIndex()
            || (firstIndex > state.log.base().index()
                && !sameAt(state, firstIndex, entries.getFirst()));
    if (dropped) {
      return of;
    }
    return inForce(state, of);
  }

  /** What a member has applied before it went on in a later epoch counts there too. */
  private void inherit(Lineage lineage, Agreed known, long through) {
    if (known.before == null) {
      return;
    }
    Agreed old = agreedIn(known.before);
    inherit(known.before, old, Math.min(through, known.kept));
    while (known.entries.size() < Math.min(Math.min(through, known.kept), old.entries.size())) {
      int next = known.entries.size();
      agree(lineage, known, old.entries.get(next), old.knownInTerm.get(next));
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
      case Entry.Recovery recovery -> known.committee = recovery.committee();
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

  /** L3, G6: what was committed is given up by a lineage that is over, or that has no voters. */
  void reverts(Lineage lineage) {
    require(
        onlyObserversHave(lineage)
            || isDissolved(lineage)
            || begun.stream().anyMatch(later -> later.isEpochAfter(lineage))
            || agreedIn(lineage).entries.isEmpty(),
        lineage + " is given up and has not dissolved");
  }

  /** Whether it dissolved, be it by an entry that was left over from an epoch before. */
  private boolean isDissolved(Lineage lineage) {
    Agreed known = agreedIn(lineage);
    return known.dissolvedInto != null || (known.before != null && isDissolved(known.before));
  }

  /** G2, G3: a member begins the next epoch of its lineage, with what its log has of it. */
  private void recovers(RaftState state) {
    RaftLog log = state.log;
    long index = log.committeeIndex();
    var opening = (Entry.Recovery) log.entry(index);
    Lineage before = opening.before();
    Agreed old = agreedIn(before);
    recoveries++;
    Agreed next = agreedIn(log.lineage());
    require(next.entries.isEmpty(), "two begin " + log.lineage());
    next.before = before;
    next.kept = index - 1;
    long kept = 0;
    while (kept < old.entries.size()) {
      Entry entry = old.entries.get((int) kept);
      boolean has =
          kept < log.base().index() || (kept + 1 < index && sameAt(state, kept + 1, entry));
      if (!has) {
        break;
      }
      agree(log.lineage(), next, entry, old.knownInTerm.get((int) kept));
      kept++;
    }
    inheritFromOthers(log, next, index);
    for (SimulatedNode node : nodes) {
      boolean asked = (allMeet && !node.observer) || state.bonded.containsKey(node.member);
      if (node.isUp() && asked && !node.member.equals(state.self)) {
        requireNothingBeyond(state, node, before, kept);
      }
    }
    Committee voters = log.baseAt(index - 1).committee();
    for (SimulatedNode node : nodes) {
      boolean may = allMeet && voters != null && voters.contains(node.member) && !node.diskLost;
      if (may && node.lineage().equals(before) && !node.member.equals(state.self)) {
        require(
            node.isUp()
                && (node.core().state().promises.include(log.lineage())
                    || node.core().state().observes(before)),
            state.self + " begins " + log.lineage() + " without " + node);
      }
    }
    old.recovered = true;
  }

  /** Its log may have been on the way to an epoch in between, which was lost. */
  private void inheritFromOthers(RaftLog log, Agreed next, long index) {
    for (Agreed other : List.copyOf(agreed.values())) {
      int at = next.entries.size();
      long base = log.base().index();
      boolean based =
          base > 0
              && at <= base
              && other.entries.size() >= base
              && other.entries.get((int) base - 1).term() == log.base().term()
              && other.entries.subList(0, at).equals(next.entries);
      while (at < other.entries.size()
          && at + 1 < index
          && (at < base ? based : log.entry(at + 1L).equals(other.entries.get(at)))) {
        agree(log.lineage(), next, other.entries.get(at), other.knownInTerm.get(at));
        at++;
      }
    }
  }

  /** What was committed and goes no further is in nobody's log, and nobody is in a later epoch. */
  private void requireNothingBeyond(
      RaftState state, SimulatedNode node, Lineage before, long kept) {
    RaftState other = node.core().state();
    require(
        !other.log.lineage().isEpochAfter(before),
        state.self + " begins " + state.log.lineage() + " beside " + node);
    Agreed old = agreedIn(before);
    long index = kept + 1;
    boolean lost =
        other.log.lineage().equals(before)
            && index <= old.entries.size()
            && index <= other.log.lastIndex()
            && (index <= other.log.base().index()
                || sameAt(other, index, old.entries.get((int) (index - 1))));
    require(!lost, state.self + " goes on with less than is committed and " + node + " has");
  }

  private boolean onlyObserversHave(Lineage lineage) {
    return !nodes.isEmpty()
        && nodes.stream()
            .filter(SimulatedNode::isUp)
            .noneMatch(
                node -> node.lineage().equals(lineage) && !node.core().state().observes(lineage));
  }

  /** How many lineages have commits and have not dissolved. */
  int lineagesThatLive() {
    return (int)
        agreed.values().stream()
            .filter(known -> !known.entries.isEmpty() && !known.recovered)
            .filter(known -> known.dissolvedInto == null)
            .count();
  }

  /** Every majority of one meets every majority of the other. */
  static boolean overlap(Committee one, Committee other) {
    var union = new HashSet<>(one.members());
    union.addAll(other.members());
    return one.majority() + other.majority() > union.size();
  }

  /** The lineage whose log a member has or takes over, if that is a later epoch than this. */
  static Lineage inForce(RaftState state, Lineage lineage) {
    Lineage of = lineage;
    for (Lineage epoch : List.of(state.log.lineage(), state.leaderLineage)) {
      of = epoch.isEpochAfter(of) ? epoch : of;
    }
    return of;
  }

  /** A member's machine starts over; what is applied next follows this. */
  void startsFrom(Member member, @Nullable SnapshotManifest snapshot) {}

  /** What was agreed up to an index, in the latest epoch that the member has to do with. */
  private Agreed coverOf(RaftState state, Lineage lineage, long index) {
    var epochs = new ArrayList<>(List.of(lineage, inForce(state, lineage)));
    state.promises.all().stream()
        .map(Promise::next)
        .filter(next -> next.isOfOneFormationWith(lineage))
        .forEach(epochs::add);
    Agreed cover = agreedIn(lineage);
    for (Lineage epoch : epochs) {
      Agreed known = agreedIn(epoch);
      inherit(epoch, known, index);
      cover = known.entries.size() >= index ? known : cover;
    }
    return cover;
  }

  /** A snapshot holds exactly what the entries that it covers give. Returns these. */
  List<Entry> restores(Member member, RaftState state, SnapshotManifest snapshot, byte[] bytes) {
    long index = snapshot.position().index();
    Agreed known = coverOf(state, snapshot.lineage(), index);
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
        case Entry.Recovery recovery -> committee = recovery.committee();
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

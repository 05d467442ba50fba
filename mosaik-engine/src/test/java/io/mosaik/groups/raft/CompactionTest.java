package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.AppendResponse;
import io.mosaik.groups.raft.Message.LogRequest;
import io.mosaik.groups.raft.Message.LogResponse;
import io.mosaik.groups.raft.Message.SnapshotOffer;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** N1 to N5, one core at a time. */
final class CompactionTest {

  private static final Member SELF = member(1);
  private static final Member LEADER = member(2);
  private static final Member THIRD = member(3);
  private static final Lineage LINEAGE = Lineage.formed(new SplittableRandom(1));
  private static final Committee COMMITTEE = Committee.of(List.of(SELF, LEADER, THIRD));
  private static final LogBounds CUT_AT_FIVE =
      new LogBounds(5, Long.MAX_VALUE, 2, Long.MAX_VALUE, 20, Long.MAX_VALUE);

  private final List<Effect> effects = new ArrayList<>();
  private long nowNs;

  private static Member member(int number) {
    var id = new byte[PeerId.LENGTH];
    id[0] = (byte) number;
    return new Member(PeerId.ofBytes(id), number);
  }

  private static SnapshotManifest snapshot(long term, long index) {
    return new SnapshotManifest(LINEAGE, new LogPosition(term, index), COMMITTEE, 1, 0, List.of());
  }

  private static HardState hardState(Lineage lineage) {
    return new HardState(lineage, 3, null, true, List.of());
  }

  /** A formation and then so many entries, all of term 1. */
  private static List<Entry> entries(int count) {
    var entries = new ArrayList<Entry>();
    entries.add(new Entry.Formation(1, LINEAGE, COMMITTEE));
    while (entries.size() < count) {
      entries.add(new Entry.Noop(1));
    }
    return entries;
  }

  private Raft start(StoredLog stored, LogBounds bounds, Set<Rule> broken) {
    var raft =
        new Raft(
            ConsensusConfig.DEFAULT,
            new RaftOptions(SELF, 1, false, 1, bounds),
            stored,
            new SplittableRandom(1),
            broken);
    raft.start(nowNs, effects);
    return raft;
  }

  private Raft start(@Nullable SnapshotManifest snapshot, long firstIndex, List<Entry> entries) {
    return start(
        new StoredLog(1, hardState(LINEAGE), snapshot, firstIndex, entries),
        CUT_AT_FIVE,
        EnumSet.noneOf(Rule.class));
  }

  private void step(Raft raft, Input input) {
    effects.clear();
    raft.step(input, nowNs, effects);
    raft.flush(nowNs, effects);
  }

  private <E extends Effect> List<E> told(Class<E> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private <M extends Message> M sent(Class<M> kind) {
    return told(Effect.Send.class).stream()
        .map(Effect.Send::message)
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Input from(Member member, Message message) {
    return new Input.Received(member, message);
  }

  private static AppendEntries heartbeat(LogPosition previous, long commit) {
    return new AppendEntries(LINEAGE, 3, previous, commit, 1, List.of());
  }

  /** A core that is far behind its leader and has just asked it for entries. */
  private Raft behind(Raft raft) {
    step(raft, new Input.BondUp(LEADER, false));
    step(raft, from(LEADER, heartbeat(new LogPosition(3, 100), 100)));
    assertThat(sent(LogRequest.class).after()).isEqualTo(raft.status().last());
    return raft;
  }

  @Test
  void a_core_starts_behind_its_snapshot_and_keeps_what_follows() {
    Raft raft = start(snapshot(1, 3), 2, entries(5).subList(1, 5));
    assertThat(effects).contains(new Effect.Rebuild(snapshot(1, 3)));
    assertThat(told(Effect.Persist.class)).isEmpty();
    assertThat(raft.status().base()).isEqualTo(new LogPosition(1, 3));
    assertThat(raft.status().last()).isEqualTo(new LogPosition(1, 5));
    assertThat(raft.status().commitIndex()).isEqualTo(3);
    assertThat(raft.status().committee()).isEqualTo(COMMITTEE);
  }

  @Test
  void stored_entries_that_end_before_the_snapshot_or_contradict_it_are_dropped() {
    for (var snapshot : List.of(snapshot(1, 9), snapshot(2, 4))) {
      effects.clear();
      Raft raft = start(snapshot, 1, entries(5));
      assertThat(raft.status().last()).isEqualTo(snapshot.position());
      assertThat(told(Effect.Persist.class))
          .containsExactly(new Effect.Persist(new LogWrite(null, 1, List.of())));
    }
  }

  @Test
  void entries_before_which_something_is_missing_are_an_error() {
    assertThatThrownBy(() -> start(snapshot(1, 3), 5, List.of(new Entry.Noop(1))))
        .isInstanceOf(LogStorageException.class)
        .hasMessageContaining("begins at index 5");
  }

  @Test
  void a_snapshot_of_a_log_that_was_given_up_is_void() {
    var stored = new StoredLog(1, hardState(Lineage.NONE), snapshot(1, 3), 1, List.of());
    Raft raft = start(stored, LogBounds.NONE, EnumSet.noneOf(Rule.class));
    assertThat(raft.status().role()).isEqualTo(Role.UNFORMED);
    assertThat(told(Effect.Rebuild.class)).isEmpty();
  }

  @Test
  void n1_n2_n3_a_leader_asks_for_a_cut_when_its_log_has_grown_and_prunes_when_it_is_stored() {
    var alone = Committee.of(List.of(SELF));
    var stored =
        new StoredLog(
            1, hardState(LINEAGE), null, 1, List.of(new Entry.Formation(1, LINEAGE, alone)));
    Raft raft = start(stored, CUT_AT_FIVE, EnumSet.noneOf(Rule.class));
    nowNs += Duration.ofSeconds(10).toNanos();
    step(raft, new Input.TimerFired(TimerKind.ELECTION));
    step(raft, new Input.Persisted(raft.status().last()));
    assertThat(raft.status().role()).isEqualTo(Role.LEADER);
    Effect.Cut cut = null;
    for (int i = 1; cut == null && i < 10; i++) {
      step(raft, new Input.Propose(i, List.of(new byte[1])));
      step(raft, new Input.Persisted(raft.status().last()));
      cut = told(Effect.Cut.class).stream().findFirst().orElse(null);
    }
    // Formation, the leader's first entry and three commands; the cut is the sixth.
    assertThat(cut).isEqualTo(new Effect.Cut(LINEAGE, new LogPosition(4, 6), alone, 1));
    step(
        raft,
        new Input.SnapshotStored(
            new SnapshotManifest(LINEAGE, new LogPosition(4, 6), alone, 1, 0, List.of())));
    assertThat(told(Effect.Prune.class)).containsExactly(new Effect.Prune(4));
    assertThat(told(Effect.Rebuild.class)).isEmpty();
    assertThat(raft.status().base().index()).isEqualTo(4);
    assertThat(raft.status().last().index()).isEqualTo(6);
  }

  @Test
  void who_asks_for_what_was_pruned_is_told_the_snapshot() {
    Raft raft = start(snapshot(1, 3), 4, entries(6).subList(3, 6));
    step(raft, new Input.BondUp(THIRD, false));
    for (var after : List.of(LogPosition.START, new LogPosition(1, 2), new LogPosition(0, 4))) {
      step(raft, from(THIRD, new LogRequest(LINEAGE, 3, after)));
      assertThat(sent(SnapshotOffer.class).snapshot()).isEqualTo(snapshot(1, 3));
    }
    step(raft, from(THIRD, new LogRequest(LINEAGE, 3, new LogPosition(1, 3))));
    assertThat(sent(LogResponse.class).asked()).isEqualTo(new LogPosition(1, 3));
  }

  /** Who fetched it was without a log, lost its leader, and formed a group of its own. */
  @Test
  void n4_whoever_comes_to_lead_wants_no_snapshot_of_another_log() {
    Raft raft =
        start(
            new StoredLog(
                1, new HardState(Lineage.NONE, 2, null, false, List.of()), null, 1, List.of()),
            CUT_AT_FIVE,
            EnumSet.noneOf(Rule.class));
    step(raft, new Input.BondUp(LEADER, false));
    step(raft, from(LEADER, heartbeat(new LogPosition(3, 100), 100)));
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 3, LogPosition.START, snapshot(3, 90))));
    assertThat(told(Effect.FetchSnapshot.class)).hasSize(1);
    step(raft, new Input.BondDown(LEADER));
    nowNs += Duration.ofSeconds(20).toNanos();
    step(raft, new Input.TimerFired(TimerKind.ELECTION));
    assertThat(raft.status().role()).isEqualTo(Role.LEADER);
    assertThat(told(Effect.AbandonFetch.class)).hasSize(1);

    Lineage own = raft.status().lineage();
    step(raft, new Input.SnapshotStored(snapshot(3, 90)));
    assertThat(told(Effect.Stopped.class)).isEmpty();
    assertThat(raft.status().lineage()).isEqualTo(own);
    assertThat(raft.status().last().index()).isOne();
  }

  @Test
  void who_is_taken_into_an_epoch_by_a_snapshot_tells_that_it_began() {
    var next = LINEAGE.recovered(1, new SplittableRandom(2));
    var hard =
        new HardState(LINEAGE, 3, null, true, List.of(), List.of(Promise.begun(next, LEADER)));
    Raft raft =
        start(new StoredLog(1, hard, null, 1, entries(5)), CUT_AT_FIVE, EnumSet.noneOf(Rule.class));
    step(raft, new Input.BondUp(LEADER, false));
    var far = new LogPosition(3, 100);
    step(raft, from(LEADER, new AppendEntries(next, 3, far, 100, 1, List.of())));
    var of = new SnapshotManifest(next, new LogPosition(3, 90), COMMITTEE, 80, 0, List.of());
    step(raft, from(LEADER, new SnapshotOffer(next, 3, raft.status().last(), of)));
    step(raft, new Input.SnapshotStored(of));
    assertThat(told(Effect.Recovered.class)).containsExactly(Effect.Recovered.bySnapshot(next));
    assertThat(raft.status().lineage()).isEqualTo(next);
  }

  @Test
  void n4_a_core_that_is_behind_a_snapshot_goes_on_from_it() {
    Raft raft = behind(start(null, 1, entries(5)));
    var offer = new SnapshotOffer(LINEAGE, 3, raft.status().last(), snapshot(3, 90));
    step(raft, from(LEADER, offer));
    assertThat(told(Effect.FetchSnapshot.class))
        .containsExactly(new Effect.FetchSnapshot(snapshot(3, 90), LEADER));
    step(raft, new Input.SnapshotStored(snapshot(3, 90)));
    assertThat(effects).contains(new Effect.Rebuild(snapshot(3, 90)));
    assertThat(raft.status().commitIndex()).isEqualTo(90);
    assertThat(sent(LogRequest.class).after()).isEqualTo(new LogPosition(3, 90));
    assertThat(sent(AppendResponse.class).position()).isEqualTo(new LogPosition(3, 90));
  }

  @Test
  void n4_entries_that_do_not_follow_an_installed_snapshot_are_dropped() {
    Raft sound = behind(start(null, 1, entries(95)));
    step(
        sound, from(LEADER, new SnapshotOffer(LINEAGE, 3, sound.status().last(), snapshot(3, 90))));
    step(sound, new Input.SnapshotStored(snapshot(3, 90)));
    assertThat(sound.status().last()).isEqualTo(new LogPosition(3, 90));
    assertThat(told(Effect.Persist.class))
        .contains(new Effect.Persist(new LogWrite(null, 1, List.of())));

    var stored = StoredLog.whole(1, hardState(LINEAGE), entries(95));
    Raft broken = behind(start(stored, CUT_AT_FIVE, EnumSet.of(Rule.FITTING_SUFFIX)));
    step(
        broken,
        from(LEADER, new SnapshotOffer(LINEAGE, 3, broken.status().last(), snapshot(3, 90))));
    step(broken, new Input.SnapshotStored(snapshot(3, 90)));
    assertThat(broken.status().last()).isEqualTo(new LogPosition(1, 95));
  }

  @Test
  void n4_what_is_stored_behind_an_installed_snapshot_survives_a_restart() {
    var disk = new SimulatedDisk();
    disk.open(1);
    disk.write(new LogWrite(hardState(LINEAGE), 1, entries(95)));
    disk.sync();
    Raft raft = behind(start(disk.open(1), CUT_AT_FIVE, EnumSet.noneOf(Rule.class)));
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 3, raft.status().last(), snapshot(3, 90))));
    disk.store(snapshot(3, 90), new byte[0]);
    step(raft, new Input.SnapshotStored(snapshot(3, 90)));
    told(Effect.Persist.class).forEach(persist -> disk.write(persist.write()));
    var behindIt = List.<Entry>of(new Entry.Noop(3), new Entry.Noop(3));
    step(
        raft, from(LEADER, new AppendEntries(LINEAGE, 3, new LogPosition(3, 90), 90, 2, behindIt)));
    told(Effect.Persist.class).forEach(persist -> disk.write(persist.write()));
    disk.sync();
    assertThat(raft.status().last()).isEqualTo(new LogPosition(3, 92));

    Raft again = start(disk.open(1), CUT_AT_FIVE, EnumSet.noneOf(Rule.class));
    assertThat(again.status().last()).isEqualTo(new LogPosition(3, 92));
  }

  @Test
  void n4_entries_that_follow_an_installed_snapshot_stay() {
    Raft raft = behind(start(null, 1, entries(95)));
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 3, raft.status().last(), snapshot(1, 90))));
    step(raft, new Input.SnapshotStored(snapshot(1, 90)));
    assertThat(raft.status().last()).isEqualTo(new LogPosition(1, 95));
    assertThat(raft.status().base()).isEqualTo(new LogPosition(1, 88));
    assertThat(told(Effect.Prune.class)).containsExactly(new Effect.Prune(88));
  }

  @Test
  void n5_nothing_is_applied_while_the_machine_starts_over() {
    Raft raft = start(snapshot(1, 3), 4, entries(6).subList(3, 6));
    step(raft, new Input.BondUp(LEADER, false));
    step(raft, from(LEADER, heartbeat(new LogPosition(1, 6), 5)));
    assertThat(raft.status().commitIndex()).isEqualTo(5);
    assertThat(raft.status().online()).isFalse();
    assertThat(told(Effect.Apply.class)).isEmpty();
    step(raft, new Input.Restored(snapshot(1, 3), 0));
    assertThat(told(Effect.Apply.class))
        .containsExactly(new Effect.Apply(4, List.of(new Entry.Noop(1), new Entry.Noop(1))));
    assertThat(raft.status().online()).isTrue();
  }

  @Test
  void n5_own_commands_that_are_in_the_snapshot_are_not_sent_again() {
    Raft raft = behind(start(null, 1, entries(5)));
    step(raft, new Input.Propose(1, List.of(new byte[1], new byte[2])));
    assertThat(sent(Message.Forward.class).commands()).hasSize(2);
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 3, raft.status().last(), snapshot(3, 90))));
    step(raft, new Input.SnapshotStored(snapshot(3, 90)));
    step(raft, new Input.Restored(snapshot(3, 90), 1));
    for (int i = 0; i < 2; i++) {
      step(raft, new Input.TimerFired(TimerKind.RESEND));
    }
    assertThat(sent(Message.Forward.class).firstSequence()).isEqualTo(2);
    assertThat(sent(Message.Forward.class).commands()).hasSize(1);
  }

  @Test
  void a_snapshot_that_nobody_has_any_more_is_asked_for_anew() {
    Raft raft = behind(start(null, 1, entries(5)));
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 3, raft.status().last(), snapshot(3, 50))));
    step(raft, from(LEADER, heartbeat(new LogPosition(3, 120), 120)));
    assertThat(told(Effect.FetchSnapshot.class)).isEmpty();
    step(raft, new Input.SnapshotLost(snapshot(3, 50)));
    assertThat(sent(LogRequest.class).after()).isEqualTo(raft.status().last());
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 3, raft.status().last(), snapshot(3, 110))));
    assertThat(told(Effect.FetchSnapshot.class)).hasSize(1);
  }

  @Test
  void what_is_offered_in_a_later_term_is_not_the_present_leaders() {
    Raft raft = behind(start(null, 1, entries(5)));
    step(raft, from(LEADER, new SnapshotOffer(LINEAGE, 4, raft.status().last(), snapshot(4, 90))));
    assertThat(told(Effect.FetchSnapshot.class)).isEmpty();
    assertThat(raft.status().term()).isEqualTo(4);
    assertThat(raft.status().leader()).isNull();
  }

  private static AppendEntries append(long previous, long commit, Entry... entries) {
    return new AppendEntries(LINEAGE, 3, new LogPosition(1, previous), commit, 1, List.of(entries));
  }

  @Test
  void n7_a_leader_at_its_bound_takes_no_commands_whosever_they_are() {
    var alone = Committee.of(List.of(SELF));
    var entries = new ArrayList<Entry>(entries(19));
    entries.set(0, new Entry.Formation(1, LINEAGE, alone));
    Raft raft =
        start(
            new StoredLog(1, hardState(LINEAGE), null, 1, entries),
            LogBounds.whole(20, Long.MAX_VALUE),
            EnumSet.noneOf(Rule.class));
    nowNs += Duration.ofSeconds(10).toNanos();
    step(raft, new Input.TimerFired(TimerKind.ELECTION));
    step(raft, new Input.Persisted(raft.status().last()));
    assertThat(raft.status().online()).isTrue();
    assertThat(raft.status().last().index()).isEqualTo(20);
    step(raft, new Input.BondUp(THIRD, true));
    for (int i = 0; i < 5; i++) {
      long term = raft.status().term();
      step(raft, from(THIRD, new Message.Forward(LINEAGE, term, 9, 0, 1, List.of(new byte[1]))));
      step(raft, new Input.TimerFired(TimerKind.HEARTBEAT));
    }
    assertThat(raft.status().last().index()).isEqualTo(20);
  }

  @Test
  void n7_a_log_that_its_own_machine_keeps_full_takes_no_entries_and_goes_on_when_there_is_room() {
    Raft raft = start(null, 1, entries(19));
    step(raft, new Input.BondUp(LEADER, false));
    step(raft, from(LEADER, append(19, 20, new Entry.SnapshotCut(1))));
    assertThat(told(Effect.Cut.class)).hasSize(1); // and no image comes
    step(raft, from(LEADER, append(20, 21, new Entry.Noop(1))));
    assertThat(raft.status().last().index()).isEqualTo(20);
    assertThat(raft.status().online()).isFalse();
    assertThat(sent(AppendResponse.class).position()).isEqualTo(new LogPosition(1, 20));
    for (int i = 0; i < 5; i++) {
      step(raft, from(LEADER, heartbeat(new LogPosition(1, 25), 25)));
      step(raft, new Input.TimerFired(TimerKind.CATCH_UP));
    }
    assertThat(told(Effect.Send.class))
        .noneMatch(send -> send.message() instanceof LogRequest); // there is no room for an answer
    assertThat(raft.status().leader()).isEqualTo(LEADER);

    step(raft, new Input.SnapshotStored(snapshot(1, 20)));
    assertThat(sent(LogRequest.class).after()).isEqualTo(new LogPosition(1, 20));
    step(raft, new Input.CutEnded());
    assertThat(raft.status().base().index()).isEqualTo(18);
  }

  @Test
  void n7_a_log_from_which_no_image_came_takes_entries_beyond_its_bound() {
    Raft raft = start(null, 1, entries(19));
    step(raft, new Input.BondUp(LEADER, false));
    step(raft, from(LEADER, append(19, 20, new Entry.SnapshotCut(1))));
    step(raft, new Input.CutEnded()); // the machine had none
    step(raft, from(LEADER, append(20, 21, new Entry.Noop(1))));
    assertThat(raft.status().last().index()).isEqualTo(21);
  }

  @Test
  void r7_who_has_much_that_is_not_durable_takes_no_more_until_the_disk_goes_on() {
    Raft raft =
        start(
            new StoredLog(1, hardState(LINEAGE), null, 1, entries(1)),
            LogBounds.NONE,
            EnumSet.noneOf(Rule.class));
    step(raft, new Input.BondUp(LEADER, false));
    var origin = new Origin(LEADER.peer(), 1);
    for (int i = 0; i < 40; i++) {
      LogPosition last = raft.status().last();
      var command = new Entry.Command(3, origin, i + 1, new byte[1 << 20]);
      step(raft, from(LEADER, new AppendEntries(LINEAGE, 3, last, 1, 1, List.of(command))));
    }
    assertThat(raft.status().last().index()).isEqualTo(33);
    assertThat(raft.status().leader()).isEqualTo(LEADER);
    step(raft, new Input.Persisted(new LogPosition(3, 20)));
    assertThat(sent(LogRequest.class).after()).isEqualTo(raft.status().last());
  }

  @Test
  void n7_a_log_at_its_bound_that_no_snapshot_shortens_takes_no_more_commands_and_says_so() {
    var replayed =
        new LogBounds(
            Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 20, Long.MAX_VALUE);
    Raft raft =
        start(
            new StoredLog(1, hardState(LINEAGE), null, 1, entries(20)),
            replayed,
            EnumSet.noneOf(Rule.class));
    step(raft, new Input.Propose(7, List.of(new byte[1])));
    assertThat(effects).contains(new Effect.ProposalRejected(7, Effect.Rejection.LOG_FULL));
  }

  /** It missed the last cut, and the next is the leader's: whose log may have room. */
  @Test
  void n7_a_follower_at_its_bound_that_awaits_no_image_leaves_it_to_the_leader() {
    Raft raft = start(null, 1, entries(20));
    step(raft, new Input.Propose(7, List.of(new byte[1])));
    assertThat(told(Effect.ProposalRejected.class)).isEmpty();
  }

  /** N6: the log of a later term, and behind it what an earlier leader's message brings. */
  @Test
  void a_snapshot_of_a_later_term_is_not_taken_for_the_present_leader() {
    BrokenRulesTest.holdsOnlyWith(
        Rule.LOG_OF_THE_TERM,
        broken -> {
          effects.clear();
          Raft raft =
              start(new StoredLog(1, hardState(LINEAGE), null, 1, entries(5)), CUT_AT_FIVE, broken);
          raft.state().log.batchEntries = 2;
          step(raft, new Input.BondUp(LEADER, false));
          step(raft, new Input.BondUp(THIRD, false));
          step(raft, from(LEADER, heartbeat(new LogPosition(3, 100), 90)));
          assertThat(told(Effect.Send.class)).first().extracting(Effect.Send::to).isEqualTo(THIRD);
          LogPosition asked = sent(LogRequest.class).after();
          step(raft, from(THIRD, new SnapshotOffer(LINEAGE, 4, asked, snapshot(4, 102))));
          for (var fetch : told(Effect.FetchSnapshot.class)) {
            step(raft, new Input.SnapshotStored(fetch.snapshot()));
          }
          var log = new LogMatching().new Seen();
          log.look(raft.state());
          List<Entry> late = new ArrayList<>();
          while (late.size() < 10) {
            late.add(new Entry.Noop(3));
          }
          step(
              raft,
              from(LEADER, new AppendEntries(LINEAGE, 3, new LogPosition(3, 100), 90, 2, late)));
          log.look(raft.state());
        });
  }
}

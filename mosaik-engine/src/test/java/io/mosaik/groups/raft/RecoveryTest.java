package io.mosaik.groups.raft;

import static io.mosaik.groups.raft.BrokenRulesTest.holdsOnlyWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.raft.Outage.Remedy;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** G1 to G5: a majority that is gone for good. */
final class RecoveryTest {

  /** Three have a group, of which 0 and 1 lose their logs; all three are there again. */
  private static Bench twoOfThreeAreLost(boolean durable) {
    Bench bench = new Bench(3, durable);
    bench.propose(0, "kept");
    bench.settle();
    bench.heartbeat(0);
    bench.settle();
    lose(bench, 0, 1);
    bench.bondAll();
    return bench;
  }

  /** They crash, come back without their logs, and have no bonds so far. */
  private static void lose(Bench bench, int... numbers) {
    for (int number : numbers) {
      bench.crash(number, false);
    }
    for (int number : numbers) {
      bench.start(number, false);
    }
  }

  private static void waitInVain(Bench bench, int number, int times) {
    for (int i = 0; i < times; i++) {
      bench.passAll(Duration.ofSeconds(10));
      bench.timeout(number);
      bench.settle();
    }
  }

  @Test
  void what_remains_begins_the_next_epoch_with_all_that_it_has() {
    Bench bench = twoOfThreeAreLost(false);
    var before = bench.core(2).status().lineage();
    waitInVain(bench, 2, 4);
    bench.heartbeat(2);
    bench.settle();
    assertThat(bench.state(2).leads()).isTrue();
    assertThat(bench.core(2).status().lineage().isEpochAfter(before)).isTrue();
    assertThat(bench.told(2, Effect.OutageSeen.class))
        .extracting(seen -> seen.outage().remedy())
        .endsWith(Remedy.AGREEMENT);
    assertThat(bench.core(2).status().outage()).isNull();
    for (int node = 0; node < 3; node++) {
      assertThat(bench.commands(node)).containsExactly("kept");
      assertThat(bench.told(node, Effect.Recovered.class))
          .singleElement()
          .satisfies(recovered -> assertThat(recovered.gone()).hasSize(2));
      assertThat(bench.told(node, Effect.Reverted.class)).isEmpty();
    }
    bench.propose(0, "after");
    bench.settle();
    assertThat(bench.commands(2)).containsExactly("kept", "after");
  }

  @Test
  void nothing_is_recovered_while_one_more_could_return() {
    Bench bench = Bench.formed(3);
    bench.crash(0, false);
    bench.crash(1, true);
    bench.start(0, false);
    bench.bond(0, 2);
    waitInVain(bench, 2, 8);
    assertThat(bench.state(2).leads()).isFalse();
    assertThat(bench.core(2).status().outage())
        .isNotNull()
        .satisfies(outage -> {
          assertThat(outage.gone()).hasSize(1);
          assertThat(outage.missing()).hasSize(1);
          assertThat(outage.remedy()).isEqualTo(Remedy.RETURN);
        });
    bench.start(1, false);
    bench.bond(1, 2);
    waitInVain(bench, 2, 1);
    assertThat(bench.state(2).leads()).isTrue();
    assertThat(bench.core(2).status().lineage().epoch()).isZero();
    assertThat(bench.core(2).status().outage()).isNull();
  }

  @Test
  void where_logs_are_durable_an_operator_decides() {
    Bench bench = twoOfThreeAreLost(true);
    waitInVain(bench, 2, 8);
    assertThat(bench.state(2).leads()).isFalse();
    assertThat(bench.core(2).status().outage())
        .isNotNull()
        .satisfies(outage -> assertThat(outage.remedy()).isEqualTo(Remedy.OPERATOR));
    bench.step(2, new Input.Recover(Set.of(bench.member(0).peer(), bench.member(1).peer())));
    bench.settle();
    waitInVain(bench, 2, 2);
    assertThat(bench.state(2).leads()).isTrue();
    assertThat(bench.core(2).status().lineage().epoch()).isEqualTo(1);
  }

  @Test
  void an_operator_gives_up_members_that_are_not_there() {
    Bench bench = new Bench(5, true);
    bench.propose(0, "kept");
    bench.settle();
    for (int i = 0; i < 3; i++) {
      bench.crash(i, true);
    }
    waitInVain(bench, 3, 4);
    bench.step(
        3,
        new Input.Recover(
            Set.of(bench.member(0).peer(), bench.member(1).peer(), bench.member(2).peer())));
    bench.settle();
    waitInVain(bench, 3, 3);
    bench.heartbeat(3);
    bench.settle();
    assertThat(bench.state(3).leads()).isTrue();
    assertThat(bench.core(4).status().lineage()).isEqualTo(bench.core(3).status().lineage());
    assertThat(bench.commands(4)).containsExactly("kept");

    // One that was given up is back with its log: it leaves that, and follows the others.
    bench.start(0, false);
    bench.passAll(Duration.ofSeconds(10));
    bench.bond(0, 3);
    waitInVain(bench, 0, 3);
    bench.heartbeat(3);
    bench.settle();
    assertThat(bench.core(0).status().lineage()).isEqualTo(bench.core(3).status().lineage());
    assertThat(bench.commands(0)).containsOnly("kept");
    assertThat(bench.told(0, Effect.Reverted.class)).hasSize(1);
  }

  /** G2: of two that are left, the one goes on that has more, whoever asks first. */
  @Test
  void the_most_complete_log_goes_on() {
    Bench bench = Bench.formed(5);
    bench.unbond(0, 3);
    bench.propose(0, "kept by 4");
    bench.settle();
    lose(bench, 0, 1, 2);
    bench.bondAll();
    waitInVain(bench, 3, 5);
    assertThat(bench.state(3).leads()).isFalse();
    waitInVain(bench, 4, 5);
    bench.heartbeat(4);
    bench.settle();
    assertThat(bench.core(4).status().lineage().epoch()).isEqualTo(1);
    assertThat(bench.core(3).status().lineage()).isEqualTo(bench.core(4).status().lineage());
    assertThat(bench.commands(3)).containsExactly("kept by 4");
  }

  /**
   * G2, G3: the later last entry says nothing here. 4 has one that no majority ever had; 3 has not
   * got as far as the last term of the leader from which it knows what is committed.
   */
  @Test
  void what_anyone_knows_to_be_committed_goes_on_whoever_has_a_later_entry() {
    holdsOnlyWith(
        Rule.KNOWN_COMMITTED_GOES_ON,
        broken -> {
          Bench bench = Bench.formed(5, broken);
          for (int other = 1; other < 5; other++) {
            bench.unbond(0, other);
          }
          bench.propose(0, "applied by 3");
          bench.propose(0, "more");
          bench.elect(4, 1, 2);
          assertThat(bench.state(4).leads()).isTrue();
          for (int other = 1; other < 4; other++) {
            bench.unbond(4, other); // with the first entry of its term, which nobody else has
          }
          bench.restart(0, 1, 2);
          bench.elect(0, 1, 2);
          assertThat(bench.state(0).leads()).isTrue();
          bench.exchange(0, 1);
          bench.exchange(0, 2);
          bench.heartbeat(0);
          bench.state(0).log.batchEntries = 1;
          bench.bond(0, 3);
          while (bench.commands(3).isEmpty()) {
            bench.deliver(3, 0);
            bench.deliver(0, 3);
          }
          assertThat(bench.commands(3)).containsExactly("applied by 3");
          assertThat(bench.state(4).log.last()).isGreaterThan(bench.state(3).log.last());
          lose(bench, 0, 1, 2);
          bench.bondAll();
          for (int node : List.of(4, 3, 4, 3)) {
            waitInVain(bench, node, 3);
            bench.heartbeat(node);
            bench.settle();
          }
          if (!bench.commands(4).equals(List.of("applied by 3"))) {
            throw new Invariants.ViolatedException("what 3 has applied is not in the next epoch");
          }
          assertThat(bench.core(4).status().lineage()).isEqualTo(bench.core(3).status().lineage());
        });
  }

  /** G2: what only an observer has is not lost; the members without a log go on from that. */
  @Test
  void an_observer_hands_on_what_nobody_else_has() {
    Bench bench = new Bench(3);
    bench.start(2, true);
    bench.bondAll();
    bench.timeout(0);
    bench.settle();
    bench.heartbeat(0);
    bench.settle();
    bench.propose(0, "kept by the observer");
    bench.settle();
    bench.heartbeat(0);
    bench.settle();
    assertThat(bench.commands(2)).containsExactly("kept by the observer");
    lose(bench, 0, 1);
    bench.bondAll();
    waitInVain(bench, 2, 5);
    for (int i = 0; i < 4; i++) {
      bench.heartbeat(2);
      bench.settle();
    }
    assertThat(bench.commands(0)).containsExactly("kept by the observer");
    assertThat(bench.commands(1)).containsExactly("kept by the observer");
    assertThat(bench.state(2).isVoter()).isFalse();
    assertThat(bench.state(2).leads()).isFalse();
  }

  /** G3: the one that has begun is down, with a log that nobody else has, and may return. */
  @Test
  void who_has_promised_an_epoch_begins_no_other_beside_it() {
    holdsOnlyWith(
        Rule.KEPT_PROMISE,
        broken -> {
          var config = Bench.CONFIG.toBuilder().bootstrapExpect(3).maxCommitteeSize(3).build();
          var bench = new Bench(5, config, broken);
          bench.start(4, true); // Observes.
          bench.bond(0, 1);
          bench.bond(0, 2);
          bench.bond(1, 2);
          bench.timeout(0);
          bench.settle();
          bench.bondAll(); // 3 learns.
          for (int i = 0; i < 3; i++) {
            bench.heartbeat(0);
            bench.settle();
          }
          assertThat(bench.committee(0).contains(bench.member(3))).isFalse();
          lose(bench, 0, 1, 2);
          bench.bondAll();
          waitInVain(bench, 3, 3);
          bench.timeout(3);
          for (int other : List.of(0, 1, 2, 4)) {
            bench.deliverAll(3, other);
            bench.deliverAll(other, 3);
          }
          assertThat(bench.state(3).leads()).isTrue();
          bench.crash(3, true); // It may have told its user that commands are committed.
          waitInVain(bench, 4, 8);
          if (bench.state(4).log.lineage().epoch() > 0) {
            throw new Invariants.ViolatedException("two epochs go on from one");
          }
        });
  }

  /** G3: what it brings may be more than what the others agree to. */
  @Test
  void who_comes_while_others_agree_is_asked_too() {
    for (boolean comes : List.of(false, true)) {
      Bench bench = Bench.formed(5);
      bench.unbond(0, 3);
      bench.propose(0, "kept by 4");
      bench.settle();
      bench.crash(4, true);
      lose(bench, 0, 1, 2);
      bench.start(4, true);
      for (int lost = 0; lost < 3; lost++) {
        bench.bond(lost, 3);
      }
      bench.passAll(Duration.ofSeconds(10));
      bench.step(3, new Input.Recover(Set.of(bench.member(0).peer(), bench.member(4).peer())));
      bench.settle();
      bench.timeout(3);
      if (comes) {
        bench.bond(3, 4);
      }
      bench.settle();
      assertThat(bench.core(3).status().lineage().epoch()).isEqualTo(comes ? 0 : 1);
    }
  }

  /** G5: the one who leads has voted for itself, and so has not promised anything in that term. */
  @Test
  void a_promise_is_void_once_another_leads_in_its_term() {
    Bench bench = Bench.formed(3);
    long term = bench.state(0).term();
    Lineage lineage = bench.core(0).status().lineage();
    bench.passAll(Duration.ofSeconds(10));
    var promise =
        new Promise(
            term + 1,
            lineage.recovered(1, new SplittableRandom(1)),
            List.of(),
            List.of(bench.member(1)));
    bench.unbond(0, 1);
    bench.step(
        2,
        new Input.Received(
            bench.member(1),
            new Message.EpochRequest(
                lineage,
                term + 1,
                bench.state(2).log.last(),
                bench.state(2).log.last(),
                List.of(bench.member(0), bench.member(2)),
                promise)));
    assertThat(bench.state(2).promises.isEmpty()).isFalse();
    assertThat(bench.state(2).mayStand()).isFalse();
    bench.step(
        2,
        new Input.Received(
            bench.member(0),
            new Message.AppendEntries(
                lineage, term + 1, bench.state(2).log.last(), 1, 1, List.of())));
    assertThat(bench.state(2).promises.isEmpty()).isTrue();
    assertThat(bench.core(2).status().leader()).isEqualTo(bench.member(0));
  }

  /** G5: who is gone by the promise proves nothing: it wasn't needed for it. */
  @Test
  void who_is_counted_as_gone_takes_no_promise_back() {
    var gone = new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 1);
    var other = new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 2);
    Lineage before = Lineage.formed(new SplittableRandom(1));
    Lineage next = before.recovered(1, new SplittableRandom(2));
    var promises = new Promises(List.of(new Promise(7, next, List.of(gone), List.of(other))));
    assertThat(promises.admit(before, 9, gone)).isFalse();
    assertThat(promises.admit(before, 6, other)).isFalse();
    assertThat(promises.admit(next, 6, other)).isFalse();
    assertThat(promises.admit(next, 7, gone)).isTrue();
    assertThat(promises.isEmpty()).isFalse();
    assertThat(promises.admit(before, 9, other)).isTrue();
    assertThat(promises.isEmpty()).isTrue();
  }

  /** G5: what was committed in an epoch is not that of another group that begins as it does. */
  @Test
  void who_is_taken_in_by_an_epoch_never_listens_to_the_one_before_it() {
    Bench bench = new Bench(1);
    Lineage lineage = Lineage.formed(new SplittableRandom(1));
    Lineage next = lineage.recovered(1, new SplittableRandom(2));
    var away = new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 1);
    var leader = new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 2);
    var committee = Committee.of(List.of(away));
    bench.step(0, new Input.BondUp(away, false));
    bench.step(0, new Input.BondUp(leader, false));
    var formation = new Entry.Formation(1, lineage, committee);
    // What the one who was away had not replicated is committed in the epoch that it began.
    bench.step(
        0,
        new Input.Received(
            away,
            new Message.AppendEntries(
                next,
                3,
                LogPosition.START,
                2,
                1,
                List.of(
                    formation, new Entry.Command(1, new Origin(away.peer(), 1), 1, new byte[1])))));
    bench.step(
        0,
        new Input.Received(
            leader,
            new Message.AppendEntries(
                lineage, 5, new LogPosition(1, 1), 2, 1, List.of(new Entry.Noop(2)))));
    assertThat(bench.told(0, Effect.Stopped.class)).isEmpty();
    assertThat(bench.core(0).status().leader()).isEqualTo(away);
    assertThat(bench.state(0).log.last()).isEqualTo(new LogPosition(1, 2));
  }
}

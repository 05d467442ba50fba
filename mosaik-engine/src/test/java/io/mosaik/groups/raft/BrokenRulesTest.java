package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.raft.Invariants.ViolatedException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Shows that the checks would notice: each safety rule is broken on purpose, and a history must
 * come to grief that is sound with the rule kept.
 */
final class BrokenRulesTest {

  private static final Set<Rule> NONE = EnumSet.noneOf(Rule.class);

  /** Walks that have noticed what few others do: they go first. */
  private static final Map<Rule, Long> NOTICED_BY =
      Map.of(
          Rule.ONE_LEADER_WHILE_EMPTY,
          282L,
          Rule.FITTING_SUFFIX,
          1_605L,
          Rule.LESSER_DISSOLVES,
          961L);

  /** Rules whose breach random walks find soon. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "ONE_VOTE_A_TERM",
        "STORED_VOTE",
        "UP_TO_DATE_CANDIDATE",
        "INCARNATION",
        "VOTES_OF_VOTERS",
        "COMMITTED_BY_OTHERS",
        "ONE_CHANGE_AT_A_TIME",
        "ONE_MEMBER_A_CHANGE",
        "READ_WHEN_OPEN",
        "ALL_ANSWER",
        "NONE_WITH_A_LOG",
        "ONE_LEADER_WHILE_EMPTY",
        "FITTING_SUFFIX",
        "PRUNED_WHEN_COVERED",
        "STILL_WHILE_RESTORING",
        "PROVEN_END",
        "READ_WHEN_APPLIED",
        "APPLIED_ONCE",
        "FROZEN_TAKES_NOTHING",
        "LESSER_DISSOLVES",
        "DISSOLVED_BY_COMMIT",
        "SURVIVORS_AGREE",
        "MOST_COMPLETE_GOES_ON",
        "LEASE_FROM_THE_START"
      })
  void random_walks_notice_a_broken_rule(Rule rule) {
    if (notices(rule, NOTICED_BY.getOrDefault(rule, 0L))) {
      return;
    }
    for (long seed = 0; seed < 5_000; seed++) {
      if (notices(rule, seed)) {
        return;
      }
    }
    throw new AssertionError("nobody noticed that " + rule + " was broken");
  }

  private static boolean notices(Rule rule, long seed) {
    try {
      new FaultWalk(seed, EnumSet.of(rule)).run();
      return false;
    } catch (ViolatedException e) {
      return true;
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  static void holdsOnlyWith(Rule rule, Consumer<Set<Rule>> history) {
    history.accept(NONE);
    assertThatThrownBy(() -> history.accept(EnumSet.of(rule)))
        .as("the history with " + rule + " broken")
        .isInstanceOf(ViolatedException.class);
  }

  /** R4: the history of the dissertation's figure 3.7. */
  @Test
  void entries_of_older_terms_are_not_committed_by_counting() {
    holdsOnlyWith(
        Rule.COMMIT_CURRENT_TERM,
        broken -> {
          Bench bench = Bench.formed(5, broken);
          // So large that it fills a message alone.
          bench.propose(0, new byte[Message.MAX_BATCH_BYTES + 1]);
          bench.deliverAll(0, 1);
          bench.crash(0, true);
          bench.elect(4, 2, 3);
          assertThat(bench.state(4).leads()).isTrue();
          bench.crash(4, true);
          bench.start(0, false);
          for (int other = 1; other < 4; other++) {
            bench.bond(0, other);
          }
          bench.elect(0, 1, 2, 3);
          assertThat(bench.state(0).leads()).isTrue();
          bench.exchange(0, 1);
          // 2 misses the old entry; it gets that one, and the new one is lost.
          bench.deliverAll(0, 2);
          bench.deliver(2, 0);
          bench.deliver(2, 0);
          bench.deliver(0, 2);
          bench.deliver(2, 0);
          bench.crash(0, true);
          bench.start(4, false);
          bench.bond(2, 4);
          bench.bond(3, 4);
          bench.elect(4, 2, 3);
        });
  }

  /** R3: an early message that comes again, late, drops nothing that came after it. */
  @Test
  void entries_are_dropped_where_terms_differ_only() {
    holdsOnlyWith(
        Rule.DROPPED_WHERE_TERMS_DIFFER,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.propose(0, "x");
          Message early = bench.wire(0, 1).getLast();
          bench.propose(0, "y");
          bench.deliverAll(0, 1);
          bench.step(1, new Input.Received(bench.member(0), early));
          bench.deliverAll(1, 0);
          assertThat(bench.commands(0)).containsExactly("x", "y");
          bench.crash(0, true);
          bench.elect(1, 2);
        });
  }

  /** R5: a message that says little of the log says nothing of what is behind that. */
  @Test
  void only_what_is_known_to_be_the_leaders_is_committed() {
    holdsOnlyWith(
        Rule.COMMITTED_WHERE_KNOWN_TO_MATCH,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.unbond(0, 1);
          bench.unbond(0, 2);
          bench.propose(0, "never committed");
          bench.elect(1, 2);
          bench.exchange(1, 2);
          var log = bench.state(1).log;
          assertThat(log.commitIndex()).isEqualTo(2);
          var heartbeat =
              new Message.AppendEntries(
                  log.lineage(), 2, log.position(1), log.commitIndex(), 1, List.of());
          bench.step(0, new Input.Received(bench.member(1), heartbeat));
        });
  }

  /** C2: the flaw of single-server changes that was found in 2015. */
  @Test
  void no_change_starts_before_an_entry_of_the_leaders_term_is_committed() {
    holdsOnlyWith(
        Rule.CHANGE_AFTER_OWN_TERM,
        broken -> {
          var bench = new Bench(5, Bench.CONFIG, broken);
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < i; j++) {
              bench.bond(j, i);
            }
          }
          bench.timeout(0);
          bench.settle();
          // A committee of three; with a fifth member in sight the fourth is promoted.
          bench.bond(0, 4);
          bench.bond(3, 4);
          for (int i = 0; i < 3; i++) {
            bench.passAll(Bench.CONFIG.heartbeatInterval());
            bench.exchange(0, 3);
            bench.exchange(0, 1);
            bench.exchange(0, 2);
            bench.heartbeat(0);
          }
          assertThat(size(bench, 0)).isEqualTo(4);
          bench.exchange(0, 1);
          bench.exchange(0, 2);
          bench.exchange(0, 3);
          // The fifth is promoted too, which only it and the leader know.
          bench.exchange(0, 4);
          bench.heartbeat(0);
          bench.deliverAll(0, 4);
          assertThat(size(bench, 0)).isEqualTo(5);
          assertThat(size(bench, 4)).isEqualTo(5);
          for (int i = 1; i < 4; i++) {
            bench.unbond(0, i);
          }
          bench.elect(1, 2, 3);
          assertThat(bench.state(1).leads()).isTrue();
          // 1 removes 0, together with 2.
          bench.step(1, new Input.Departed(bench.member(0)));
          bench.exchange(1, 2);
          bench.step(1, new Input.Departed(bench.member(0)));
          bench.exchange(1, 2);
          // 0 is elected by 3 and 4, which know nothing of that.
          bench.unbond(1, 3);
          bench.restart(0, 3, 4);
          bench.elect(0, 3, 4);
        });
  }

  private static int size(Bench bench, int number) {
    var committee = bench.state(number).quorum.committee();
    return committee == null ? 0 : committee.size();
  }

  /** F5: who has dropped a log can't vote as if it had it. */
  @Test
  void who_has_dropped_a_log_never_acts_in_its_lineage_again() {
    holdsOnlyWith(
        Rule.ABANDONED_FOR_GOOD,
        broken -> {
          Bench bench = Bench.founded(broken);
          bench.bond(1, 2);
          assertThat(bench.state(0).leads()).isTrue();
          bench.deliver(0, 1);
          bench.deliver(0, 2);
          // Before it has an answer, 0 starts again, and leads another term.
          bench.restart(0, 1, 2);
          bench.elect(0, 1, 2);
          assertThat(bench.state(0).leads()).isTrue();
          // 1 stores its first entry and answers, but does not hear that it is committed.
          bench.deliver(0, 1);
          bench.deliver(1, 0);
          assertThat(bench.state(0).log.commitIndex()).isEqualTo(2);
          assertThat(bench.state(1).formationCommitted()).isFalse();
          // 3 has formed a group of its own, and 1 meets it.
          bench.foundAlone(3);
          bench.bond(1, 3);
          bench.deliverAll(3, 1);
          assertThat(bench.state(1).log.isEmpty()).isTrue();
          for (int other : new int[] {0, 3}) {
            bench.unbond(other, 1);
          }
          bench.unbond(0, 2);
          bench.elect(2, 1);
        });
  }

  /** T1: a pre-vote was granted just before the leader was heard of again. */
  @Test
  void who_has_heard_of_the_leader_since_its_pre_vote_gives_no_vote() {
    holdsOnlyWith(
        Rule.LED_MEMBERS_REFUSE,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.unbond(0, 1);
          bench.heartbeat(0);
          bench.deliver(0, 2);
          bench.passAll(Duration.ofMillis(600)); // the answer takes its time
          bench.deliver(2, 0);
          bench.passAll(Bench.CONFIG.electionTimeout());
          bench.step(1, new Input.TimerFired(TimerKind.ELECTION));
          bench.deliver(1, 2);
          bench.deliver(2, 1);
          bench.heartbeat(0);
          bench.exchange(0, 2);
          assertThat(bench.isSure(0)).isTrue();
          bench.exchange(1, 2);
          bench.requireOneTenure();
        });
  }

  /** T2: the voter's clock is faster than the leader's, within the bound. */
  @Test
  void a_lease_ends_before_the_patience_of_a_faster_clock() {
    holdsOnlyWith(
        Rule.LEASE_WITHIN_DRIFT,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.unbond(0, 1);
          bench.passAll(Duration.ofMillis(600));
          bench.heartbeat(0);
          bench.exchange(0, 2);
          bench.pass(0, Duration.ofMillis(1_900));
          for (int other = 1; other <= 2; other++) {
            bench.pass(other, Duration.ofMillis(2_050));
          }
          bench.step(1, new Input.TimerFired(TimerKind.ELECTION));
          bench.exchange(1, 2);
          assertThat(bench.isSure(1)).isTrue();
          bench.requireOneTenure();
        });
  }

  /** T4: the request to stand is still on its way when the transfer is given up. */
  @Test
  void a_leader_begins_anew_after_a_transfer_that_came_to_nothing() {
    holdsOnlyWith(
        Rule.OPENED_AGAIN,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.transfer(0, 1);
          assertThat(bench.wire(0, 1).getLast()).isInstanceOf(Message.TimeoutNow.class);
          bench.passAll(Bench.CONFIG.electionTimeout());
          bench.step(0, new Input.TimerFired(TimerKind.HANDOVER));
          bench.heartbeat(0);
          bench.exchange(0, 2);
          assertThat(bench.isSure(0)).isTrue();
          bench.deliver(0, 1);
          bench.exchange(1, 2);
          bench.requireOneTenure();
        });
  }

  /** T3: whoever is asked to stand doesn't wait until the lease is over. */
  @Test
  void a_leader_has_no_lease_from_the_moment_it_hands_over() {
    holdsOnlyWith(
        Rule.LEASE_TAKEN_BACK,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.heartbeat(0);
          bench.settle();
          assertThat(bench.isSure(0)).isTrue();
          bench.transfer(0, 1);
          bench.deliverAll(0, 1);
          bench.exchange(1, 2);
          bench.heartbeat(1);
          bench.exchange(1, 2);
          assertThat(bench.isSure(1)).isTrue();
          bench.requireOneTenure();
        });
  }

  /** T5: a voter that has answered the leader forgets it by starting again. */
  @Test
  void who_has_just_started_gives_no_vote() {
    holdsOnlyWith(
        Rule.START_IS_A_SIGN,
        broken -> {
          Bench bench = Bench.formed(3, broken);
          bench.unbond(0, 1);
          for (int beat = 0; beat < 2; beat++) {
            bench.passAll(Duration.ofMillis(1_500));
            bench.heartbeat(0);
            bench.exchange(0, 2);
          }
          bench.crash(2, true);
          bench.start(2, false);
          bench.bond(1, 2);
          bench.step(1, new Input.TimerFired(TimerKind.ELECTION));
          bench.exchange(1, 2);
          assertThat(bench.isSure(0)).isTrue();
          bench.requireOneTenure();
        });
  }

  /** L2: what a frozen group tells must not grow, or the greater one dissolves too. */
  @Test
  void a_frozen_group_tells_where_it_froze_whoever_leads_it_since() {
    holdsOnlyWith(
        Rule.FROZEN_STANDS_STILL,
        broken -> {
          Bench bench = MeetingTest.apart(broken);
          int low = lower(bench);
          int high = 3 - low;
          bench.propose(high, "more");
          bench.settle();
          bench.bond(low, high);
          tell(bench, high, low);
          bench.exchange(low, low + 1);
          assertThat(bench.state(low).log.standstill().frozenIndex())
              .isEqualTo(bench.state(high).log.commitIndex());
          // As much is committed in both; by its name the other one freezes too, one entry later.
          tell(bench, low, high);
          bench.exchange(high, high + 1);
          assertThat(bench.state(high).log.standstill().frozenIndex())
              .isEqualTo(bench.state(low).log.standstill().frozenIndex() + 1);
          // The first has two more leaders, each with an entry of its own.
          for (int i = 1; i <= 2; i++) {
            bench.unbond(low, low + i);
          }
          bench.elect(low + 1, low + 2);
          bench.exchange(low + 1, low + 2);
          bench.elect(low + 2, low + 1);
          bench.exchange(low + 1, low + 2);
          bench.bond(low + 2, high);
          tell(bench, low + 2, high);
          bench.exchange(high, high + 1);
        });
  }

  /** L2: who has stood still for another group, and is no more the lesser, goes on. */
  @Test
  void of_two_frozen_groups_only_the_lesser_dissolves() {
    holdsOnlyWith(
        Rule.LESSER_DISSOLVES,
        broken -> {
          Bench bench = MeetingTest.apart(broken);
          int low = lower(bench);
          int high = 3 - low;
          bench.bond(low, high);
          // As much is committed in both; by its name the one freezes, one entry later the other.
          tell(bench, low, high);
          bench.exchange(high, high + 1);
          tell(bench, high, low);
          bench.exchange(low, low + 1);
          assertThat(bench.state(low).log.standstill().frozenIndex())
              .isEqualTo(bench.state(high).log.standstill().frozenIndex());
          tell(bench, high, low);
          bench.exchange(low, low + 1);
        });
  }

  /** Which of the two leaders of groups that formed apart has the lower lineage. */
  private static int lower(Bench bench) {
    return bench.state(0).log.lineage().compareTo(bench.state(3).log.lineage()) < 0 ? 0 : 3;
  }

  /** The leader of one group tells that of another how far it is. */
  private static void tell(Bench bench, int from, int to) {
    bench.wire(to, from).clear();
    bench.heartbeat(to);
    bench.deliverAll(to, from);
    bench.wire(from, to).clear();
    bench.heartbeat(from);
    bench.deliverAll(from, to);
    bench.wire(to, from).clear();
  }

  /** Of 0, 1 and 2 the first leads still, by its own clock, and the second has committed "new". */
  private static Bench deposed(Set<Rule> broken) {
    Bench bench = Bench.formed(3, broken);
    bench.unbond(0, 1);
    bench.unbond(0, 2);
    bench.elect(1, 2);
    bench.propose(1, "new");
    bench.exchange(1, 2);
    assertThat(bench.commands(1)).containsExactly("new");
    assertThat(bench.state(0).leads()).isTrue();
    return bench;
  }

  private static int known(Bench bench) {
    return bench.invariants.agreedIn(bench.state(0).log.lineage()).entries.size();
  }

  private static void requireFresh(Bench bench, int known) {
    for (var ready : bench.told(0, Effect.ReadReady.class)) {
      bench.invariants.reads(bench.member(0), ready.index(), known);
    }
  }

  /** Reads: a leader of the past doesn't know that it is one. */
  @Test
  void a_strong_read_is_confirmed_after_it_began() {
    holdsOnlyWith(
        Rule.CONFIRMED_READ,
        broken -> {
          Bench bench = deposed(broken);
          int known = known(bench);
          bench.step(0, new Input.ReadIndex(1));
          requireFresh(bench, known);
        });
  }

  /** Q3: what was asked of one leadership is not confirmed by the next one of the same member. */
  @Test
  void a_strong_read_ends_with_the_leadership_that_it_waits_for() {
    holdsOnlyWith(
        Rule.READ_OF_ONE_LEADERSHIP,
        broken -> {
          Bench bench = deposed(broken);
          int known = known(bench);
          bench.step(0, new Input.ReadIndex(1));
          bench.bondAll();
          bench.beat(1, 3);
          assertThat(bench.commands(0)).containsExactly("new");
          bench.crash(1, true);
          bench.elect(0, 2);
          bench.beat(0, 10);
          assertThat(bench.state(0).leads()).isTrue();
          requireFresh(bench, known);
        });
  }
}

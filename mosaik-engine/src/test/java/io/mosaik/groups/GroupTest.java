package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.ForwardingLogStorage;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.runtime.DeadlineExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GroupTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final String[] FIVE = {"n1", "n2", "n3", "n4", "n5"};

  private static void assertFails(Outcome outcome, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            GroupException.class, error -> assertThat(error.outcome()).isEqualTo(outcome));
  }

  private static List<CompletableFuture<Executed<Integer>>> executeMany(
      Group<String, Integer, String, String> group, String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> group.executeAsync(prefix + i)).toList();
  }

  @Test
  void three_members_elect_one_leader_and_apply_what_a_follower_executes() {
    try (var groups = new GroupWorld(1).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      assertThat(groups.group(follower).leader()).isEqualTo(groups.member(leader).peerId);
      assertThat(groups.group(follower).execute("first").result()).isEqualTo(1);
      Executed<Integer> second = groups.group(leader).execute("second");
      assertThat(second.result()).isEqualTo(2);
      assertThat(second.term()).isEqualTo(groups.member(leader).status().term());
      groups.world.run(Duration.ofSeconds(2));
      for (String name : THREE) {
        assertThat(groups.lines(name)).containsExactly("first", "second");
        assertThat(groups.member(name).status().applied()).isGreaterThanOrEqualTo(second.index());
        assertThat(groups.member(name).status().committee()).hasSize(3);
      }
    }
  }

  @Test
  void each_pair_of_members_keeps_exactly_one_bond_though_both_dial_at_once() {
    for (long seed = 1; seed <= 20; seed++) {
      try (var groups = new GroupWorld(seed).members(FIVE)) {
        groups.world.run(Duration.ofSeconds(2));
        for (int i = 0; i < 50; i++) {
          groups.world.run(Duration.ofMillis(200));
          for (String name : FIVE) {
            assertThat(groups.group(name).bonds()).as("seed %d, %s", seed, name).hasSize(4);
          }
        }
      }
    }
  }

  @Test
  void commands_of_one_handle_are_applied_in_the_order_of_the_calls() {
    try (var groups = new GroupWorld(2).members(THREE)) {
      groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      var futures = executeMany(groups.group(follower), "line", 3_000);
      groups.world.await(futures.getLast(), Duration.ofSeconds(10));
      assertThat(groups.lines(follower))
          .isEqualTo(IntStream.range(0, 3_000).mapToObj(i -> "line" + i).toList());
      assertThat(futures).allMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void commands_that_wait_while_the_leader_crashes_are_applied_exactly_once() {
    for (long seed = 1; seed <= 20; seed++) {
      try (var groups = new GroupWorld(seed).members(THREE)) {
        String leader = groups.awaitLeader(THREE);
        List<String> others = new ArrayList<>(List.of(THREE));
        others.remove(leader);
        var futures = new ArrayList<CompletableFuture<Executed<Integer>>>();
        for (int round = 0; round < 10; round++) {
          for (String name : others) {
            futures.addAll(executeMany(groups.group(name), name + "-" + round + "-", 5));
          }
          if (round == 5) {
            groups.world.crash(leader);
          }
          groups.world.run(Duration.ofNanos(groups.world.random().nextLong(1_000_000)));
        }
        for (var future : futures) {
          groups.world.await(future, Duration.ofSeconds(15));
        }
        groups.world.run(Duration.ofSeconds(2));
        assertThat(groups.lines(others.get(0))).as("seed %d", seed).hasSize(100);
        assertThat(groups.lines(others.get(0))).doesNotHaveDuplicates();
        assertThat(groups.lines(others.get(1))).isEqualTo(groups.lines(others.get(0)));
      }
    }
  }

  @Test
  void a_minority_never_commits_and_says_so_by_the_deadline() {
    try (var groups = new GroupWorld(3).expecting(5).members(FIVE)) {
      String leader = groups.awaitLeader(FIVE);
      String companion = groups.follower(FIVE);
      groups.group(companion).execute("before");
      groups.world.partition(Set.of(leader, companion));
      assertFails(
          Outcome.UNKNOWN,
          () -> groups.group(leader).execute("lost on the leader", Duration.ofSeconds(3)));
      groups.world.run(Duration.ofSeconds(10));
      assertThat(groups.member(leader).status().online()).isFalse();
      assertThat(groups.member(companion).status().online()).isFalse();
      assertFails(
          Outcome.OFFLINE,
          () -> groups.group(companion).execute("never left", Duration.ofSeconds(3)));
      assertThat(groups.lines(leader)).containsExactly("before");
      assertThat(groups.lines(companion)).containsExactly("before");

      String[] majority =
          List.of(FIVE).stream()
              .filter(name -> !name.equals(leader) && !name.equals(companion))
              .toArray(String[]::new);
      groups.awaitLeader(majority);
      groups.group(majority[0]).execute("of the majority");

      groups.world.heal();
      groups.awaitLeader(FIVE);
      groups.world.run(Duration.ofSeconds(5));
      for (String name : FIVE) {
        // The call that ended as unknown is applied after all, once; the other one never is.
        assertThat(groups.lines(name))
            .containsExactly("before", "of the majority", "lost on the leader");
      }
    }
  }

  @Test
  void a_strong_read_is_never_stale_when_the_old_leader_is_cut_off() {
    for (long seed = 1; seed <= 20; seed++) {
      try (var groups = new GroupWorld(seed).expecting(3).members(THREE)) {
        String old = groups.awaitLeader(THREE);
        groups.group(old).execute("old");
        groups.world.isolate(old);
        var atOnce = groups.group(old).queryAsync("", Consistency.STRONG);
        String other = groups.follower(THREE);
        groups.group(other).execute("new", Duration.ofSeconds(20));
        var later = groups.group(old).queryAsync("", Consistency.STRONG);
        groups.world.run(Duration.ofSeconds(12));
        assertFails(Outcome.OFFLINE, () -> groups.world.await(atOnce, Duration.ZERO));
        assertFails(Outcome.OFFLINE, () -> groups.world.await(later, Duration.ZERO));
        assertThat(groups.group(other).query("", Consistency.STRONG).answer()).isEqualTo("old,new");
        assertThat(groups.group(old).query("", Consistency.WEAK).answer()).isEqualTo("old");
      }
    }
  }

  @Test
  void a_strong_read_on_a_follower_sees_every_command_that_was_executed_before() {
    for (long seed = 1; seed <= 20; seed++) {
      try (var groups = new GroupWorld(seed).members(THREE)) {
        String leader = groups.awaitLeader(THREE);
        String follower = groups.follower(THREE);
        groups.group(leader).execute("just now");
        assertThat(groups.group(follower).query("", Consistency.STRONG).answer())
            .isEqualTo("just now");
      }
    }
  }

  @Test
  void a_late_member_catches_up_and_becomes_a_voter() {
    try (var groups = new GroupWorld(4).members("n1", "n2")) {
      groups.awaitLeader("n1", "n2");
      var futures = executeMany(groups.group("n1"), "line", 9_000);
      groups.world.await(futures.getLast(), Duration.ofSeconds(30));
      groups.members("n3");
      groups.world.runUntil(
          "the late member votes",
          () -> groups.member("n3").status().role() == Role.FOLLOWER,
          Duration.ofSeconds(20));
      assertThat(groups.lines("n3")).isEqualTo(groups.lines("n1")).hasSize(9_000);
    }
  }

  @Test
  void a_late_member_catches_up_though_its_provider_crashes() {
    try (var groups = new GroupWorld(5).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String first = groups.follower(THREE);
      var futures = executeMany(groups.group(leader), "line", 15_000);
      groups.world.await(futures.getLast(), Duration.ofSeconds(30));
      groups.members("n4");
      groups.world.runUntil(
          "the late member has begun", () -> !groups.lines("n4").isEmpty(), Duration.ofSeconds(20));
      groups.world.crash(first);
      groups.world.runUntil(
          "the late member has all",
          () -> groups.lines("n4").size() == 15_000,
          Duration.ofSeconds(30));
      assertThat(groups.lines("n4")).isEqualTo(groups.lines(leader));
    }
  }

  @Test
  void a_machine_that_throws_rejects_the_command_on_every_member_and_the_group_lives() {
    try (var groups = new GroupWorld(6).members(THREE)) {
      groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      assertThatThrownBy(() -> groups.group(follower).execute("refuse this"))
          .isInstanceOfSatisfying(
              GroupException.class,
              error -> {
                assertThat(error.outcome()).isEqualTo(Outcome.REJECTED);
                assertThat(error).hasRootCauseMessage("no refuse this");
              });
      groups.group(follower).execute("accepted");
      groups.world.run(Duration.ofSeconds(2));
      for (String name : THREE) {
        assertThat(groups.lines(name)).containsExactly("accepted");
        assertThat(groups.member(name).journal.refusals()).isEqualTo(1);
      }
    }
  }

  @Test
  void a_machine_that_blocks_for_long_costs_neither_leadership_nor_bonds() {
    try (var groups = new GroupWorld(7).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      long term = groups.member(leader).status().term();
      blockMachine(groups.member(leader), Duration.ofSeconds(30));
      String follower = groups.follower(THREE);
      groups.group(follower).execute("slow on the leader");
      groups.world.run(Duration.ofSeconds(20));
      assertThat(groups.lines(leader)).isEmpty();
      assertThat(groups.leader(THREE)).isEqualTo(leader);
      assertThat(groups.member(leader).status().term()).isEqualTo(term);
      assertThat(groups.group(leader).bonds()).hasSize(2);
      groups.world.run(Duration.ofSeconds(20));
      assertThat(groups.lines(leader)).containsExactly("slow on the leader");
    }
  }

  private static void blockMachine(GroupWorld.Member member, Duration howLong) {
    member.journal.beforeApply(() ->
        assertThatThrownBy(() -> member.platform.await(new CompletableFuture<Void>(), howLong))
            .isInstanceOf(DeadlineExceededException.class));
  }

  @Test
  void reads_behind_a_machine_that_blocks_fail_at_their_deadline() {
    try (var groups = new GroupWorld(19).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      blockMachine(groups.member(follower), Duration.ofSeconds(60));
      groups.group(leader).execute("slow on the follower");
      groups.world.run(Duration.ofSeconds(1));
      var strong = groups.group(follower).queryAsync("", Consistency.STRONG);
      var weak = groups.group(follower).queryAsync("", Consistency.WEAK);
      groups.world.run(Duration.ofMillis(9_900));
      assertThat(strong).isNotDone();
      assertThat(weak).isNotDone();
      groups.world.run(Duration.ofMillis(200));
      assertThat(strong).isCompletedExceptionally();
      assertThat(weak).isCompletedExceptionally();
      assertFails(Outcome.OFFLINE, () -> groups.world.await(strong, Duration.ZERO));
      assertFails(Outcome.OFFLINE, () -> groups.world.await(weak, Duration.ZERO));
      groups.world.run(Duration.ofSeconds(60));
      assertThat(groups.group(follower).query("", Consistency.STRONG).answer())
          .isEqualTo("slow on the follower");
    }
  }

  @Test
  void a_member_that_leaves_fails_the_reads_that_wait_for_its_machine() {
    try (var groups = new GroupWorld(20).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      blockMachine(groups.member(follower), Duration.ofSeconds(60));
      groups.group(leader).execute("slow on the follower");
      groups.world.run(Duration.ofSeconds(1));
      var strong = groups.group(follower).queryAsync("", Consistency.STRONG);
      var weak = groups.group(follower).queryAsync("", Consistency.WEAK);
      groups.world.run(Duration.ofSeconds(1));
      groups.group(follower).close();
      groups.world.run(Duration.ofSeconds(4));
      assertThat(strong).isCompletedExceptionally();
      assertThat(weak).isCompletedExceptionally();
      assertFails(Outcome.OFFLINE, () -> groups.world.await(strong, Duration.ZERO));
      assertFails(Outcome.OFFLINE, () -> groups.world.await(weak, Duration.ZERO));
      groups.world.run(Duration.ofSeconds(60));
    }
  }

  @Test
  void more_queries_than_may_wait_are_refused_until_the_machine_has_come_to_them() {
    try (var groups = new GroupWorld(21).members("n1")) {
      groups.awaitLeader("n1");
      Group<String, Integer, String, String> group = groups.group("n1");
      blockMachine(groups.member("n1"), Duration.ofSeconds(5));
      var slow = group.executeAsync("slow");
      groups.world.run(Duration.ofSeconds(1));
      List<CompletableFuture<Answered<String>>> answers = new ArrayList<>();
      for (int i = 0; i <= Reads.MAX_WAITING; i++) {
        answers.add(group.queryAsync("", i % 2 == 0 ? Consistency.WEAK : Consistency.STRONG));
      }
      assertThat(answers.removeLast()).isCompletedExceptionally();
      groups.world.await(slow, Duration.ofSeconds(5));
      for (var answer : answers) {
        assertThat(groups.world.await(answer, Duration.ofSeconds(1)).answer()).isEqualTo("slow");
      }
      assertThat(group.query("", Consistency.WEAK).answer()).isEqualTo("slow");
    }
  }

  @Test
  void a_group_of_two_survives_the_loss_of_its_follower() {
    try (var groups = new GroupWorld(8).expecting(2).members("n1", "n2")) {
      String leader = groups.awaitLeader("n1", "n2");
      groups.world.crash(groups.follower("n1", "n2"));
      assertThat(groups.group(leader).execute("alone", Duration.ofSeconds(30)).result())
          .isEqualTo(1);
    }
  }

  @Test
  void a_leader_that_leaves_hands_over_within_a_second() {
    try (var groups = new GroupWorld(9).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      groups.group(leader).execute("before");
      List<String> others = new ArrayList<>(List.of(THREE));
      others.remove(leader);
      groups.group(leader).close();
      groups.world.runUntil(
          "another leads",
          () ->
              others.stream().anyMatch(name -> groups.member(name).status().role() == Role.LEADER),
          Duration.ofSeconds(1));
      groups.group(others.get(0)).execute("after");
      groups.world.run(Duration.ofSeconds(5));
      assertThat(groups.group(others.get(0)).bonds()).hasSize(1);
      assertThat(groups.member(others.get(0)).status().committee())
          .doesNotContain(groups.member(leader).peerId);
      assertFails(Outcome.OFFLINE, () -> groups.group(leader).execute("too late"));
    }
  }

  @Test
  void weak_reads_answer_and_conditions_tell_when_a_member_is_cut_off() {
    try (var groups = new GroupWorld(10).expecting(3).members(THREE)) {
      groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      Group<String, Integer, String, String> group = groups.group(follower);
      Executed<Integer> executed = group.execute("kept");
      groups.world.await(group.when().isOnline().future(), Duration.ZERO);
      CompletableFuture<GroupStatus> offline = group.when().isOffline().future();
      groups.world.isolate(follower);
      groups.world.await(offline, Duration.ofSeconds(10));
      assertThat(group.query("", Consistency.WEAK).answer()).isEqualTo("kept");
      assertThat(group.query("", Consistency.WEAK).index())
          .isGreaterThanOrEqualTo(executed.index());
      groups.world.heal();
      groups.world.await(group.when().isOnline().future(), Duration.ofSeconds(20));
    }
  }

  @Test
  void joining_twice_gives_the_same_membership_until_the_last_handle_is_closed() {
    try (var groups = new GroupWorld(11).members("n1", "n2")) {
      groups.awaitLeader("n1", "n2");
      Groups node = groups.member("n1").groups;
      Group<String, Integer, String, String> again =
          node.withKey(GroupWorld.KEY).stateMachine(new Journal()).join();
      assertThat(again.id()).isEqualTo(groups.group("n1").id());
      assertThat(node.joined()).hasSize(1);
      groups.group("n1").close();
      groups.group("n1").close();
      assertThat(again.execute("through the other handle").result()).isEqualTo(1);
      assertThat(groups.lines("n1")).containsExactly("through the other handle");
      again.close();
      assertThat(node.joined()).isEmpty();
      groups.world.run(Duration.ofSeconds(2));
      assertThat(groups.group("n2").bonds()).isEmpty();
    }
  }

  @Test
  void who_joins_again_at_once_begins_when_its_storage_is_free() {
    try (var groups = new GroupWorld(14).expecting(2).logs(ForOne::new).members("n1", "n2")) {
      String leader = groups.awaitLeader("n1", "n2");
      groups.group(leader).execute("before");
      groups.group(leader).close(); // which takes its time: it hands leadership over
      var journal = new Journal();
      Group<String, Integer, String, String> again =
          groups
              .member(leader)
              .groups
              .withKey(GroupWorld.KEY)
              .stateMachine(journal)
              .consensus(ConsensusConfig.builder().bootstrapExpect(2).build())
              .storage(groups.log(leader))
              .join();
      groups.world.await(again.executeAsync("early"), Duration.ofSeconds(20));
      assertThat(again.status().get().failure()).isNull();
      assertThat(journal.lines()).containsExactly("before", "early");
    }
  }

  /** A log that one membership at a time may have open, as one in files. */
  private static final class ForOne extends ForwardingLogStorage {

    private boolean inUse;

    ForOne() {
      super(new InMemoryLogStorage());
    }

    @Override
    public StoredLog open(long newIncarnation) {
      if (inUse) {
        throw new LogStorageException("it is in use");
      }
      inUse = true;
      return super.open(newIncarnation);
    }

    @Override
    public void close() {
      inUse = false;
    }
  }

  @Test
  void another_machine_in_the_same_group_is_refused() {
    try (var groups = new GroupWorld(12).members("n1")) {
      GroupBuilder<Void, Void, Void, Void> other =
          groups.member("n1").groups.withKey(GroupWorld.KEY).stateMachine(new JournalsName());
      assertThatThrownBy(other::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("signature()");
    }
  }

  @Test
  void what_can_not_be_sent_is_refused_with_what_is_sure() {
    try (var groups = new GroupWorld(13).expecting(3).members("n1")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      assertFails(Outcome.OFFLINE, () -> group.execute("no leader", Duration.ofSeconds(2)));
      assertFails(Outcome.REJECTED, () -> group.execute("x".repeat(9 << 20)));
      var futures = executeMany(group, "line", Calls.MAX_PENDING + 1);
      assertThat(futures.getFirst()).isNotDone();
      assertFails(Outcome.OFFLINE, () -> groups.world.await(futures.getLast(), Duration.ZERO));
      assertFails(
          Outcome.OFFLINE, () -> groups.world.await(futures.getFirst(), Duration.ofSeconds(11)));
      assertThat(group.status().get().applied()).isZero();
    }
  }

  @Test
  void an_observer_replicates_and_never_votes() {
    try (var groups = new GroupWorld(14).members("n1", "n2")) {
      groups.awaitLeader("n1", "n2");
      groups.settings(GroupBuilder::observer).members("n3");
      groups.group("n1").execute("seen by all");
      groups.world.run(Duration.ofSeconds(20));
      assertThat(groups.lines("n3")).containsExactly("seen by all");
      assertThat(groups.member("n3").status().role()).isEqualTo(Role.LEARNER);
      assertThat(groups.member("n1").status().committee()).hasSize(2);
      assertThat(groups.group("n3").execute("of the observer").result()).isEqualTo(2);
    }
  }

  @Test
  void members_that_share_no_key_or_no_settings_never_meet() {
    try (var groups = new GroupWorld(15).members("n1")) {
      groups.expecting(2).members("n2");
      groups.world.run(Duration.ofSeconds(20));
      assertThat(groups.group("n1").id()).isNotEqualTo(groups.group("n2").id());
      assertThat(groups.group("n1").bonds()).isEmpty();
      assertThat(groups.group("n2").bonds()).isEmpty();
    }
  }

  @Test
  void a_member_that_restarts_with_its_log_applies_it_again_and_goes_on() {
    try (var groups = new GroupWorld(16).members(THREE)) {
      groups.awaitLeader(THREE);
      String follower = groups.follower(THREE);
      groups.group(follower).execute("one");
      groups.world.crash(follower);
      groups.world.run(Duration.ofSeconds(1));
      groups.world.restart(follower);
      groups.awaitLeader(THREE);
      assertThat(groups.group(follower).execute("two").result()).isEqualTo(2);
      assertThat(groups.lines(follower)).containsExactly("one", "two");
    }
  }

  @Test
  void the_same_seed_gives_the_same_run() {
    assertThat(traceOf(17)).isEqualTo(traceOf(17));
    assertThat(traceOf(17)).isNotEqualTo(traceOf(18));
  }

  private static String traceOf(long seed) {
    try (var groups = new GroupWorld(seed).members(FIVE)) {
      String leader = groups.awaitLeader(FIVE);
      var futures = executeMany(groups.group(groups.follower(FIVE)), "line", 20);
      groups.world.crash(leader);
      groups.world.await(futures.getLast(), Duration.ofSeconds(20));
      return groups.world.now() + " " + groups.world.trace().hash();
    }
  }

  @Test
  void closing_the_node_leaves_every_group_in_order() {
    try (var groups = new GroupWorld(18).members(THREE)) {
      String leader = groups.awaitLeader(THREE);
      groups.world.await(groups.member(leader).parts().module().close(), Duration.ofSeconds(4));
      assertThat(groups.member(leader).status().online()).isFalse();
      assertThatThrownBy(() -> groups.member(leader).groups.withKey(GroupWorld.KEY).join())
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Claims to be a {@link Journal} and is none. */
  private static final class JournalsName implements StateMachine<Void, Void, Void, Void> {

    private final NoOp nothing = new NoOp();

    @Override
    public String signature() {
      return new Journal().signature();
    }

    @Override
    public Void apply(Void command, ApplyContext context) {
      throw new AssertionError("no command can be made");
    }

    @Override
    public void reset() {}

    @Override
    public Void query(Void query) {
      throw new AssertionError("no query can be made");
    }

    @Override
    public io.mosaik.wire.Codec<Void> commandCodec() {
      return nothing.commandCodec();
    }

    @Override
    public io.mosaik.wire.Codec<Void> queryCodec() {
      return nothing.queryCodec();
    }

    @Override
    public io.mosaik.wire.Codec<Void> answerCodec() {
      return nothing.answerCodec();
    }
  }
}

package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.DeadlineExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a member that is not online says of it. */
class WhyOfflineTest {

  private static final String[] THREE = {"n1", "n2", "n3"};
  private static final Duration SOON = Duration.ofSeconds(5);

  private static String names(GroupWorld groups, String... names) {
    return String.join(
        ", ",
        List.of(names).stream()
            .map(name -> groups.member(name).peerId)
            .sorted()
            .map(PeerId::toShortString)
            .toList());
  }

  @Test
  void a_group_that_waits_for_members_says_how_many_there_are_and_who() {
    try (var groups = new GroupWorld(1).expecting(3).members("n1", "n2")) {
      Group<String, Integer, String, String> group = groups.group("n1");
      groups.world.run(Duration.ofSeconds(10));
      String reason = "2 of 3 members for bootstrapExpect: " + names(groups, "n1", "n2");
      assertThat(group.whyOffline()).isEqualTo(reason);
      assertThatThrownBy(() -> group.when().isOnline().await(SOON))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("not within PT5S: online; " + reason);
      assertThatThrownBy(() -> group.execute("one", SOON))
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.OFFLINE))
          .hasMessageEndingWith(reason);
      groups.members("n3");
      groups.awaitLeader(THREE);
      assertThat(group.whyOffline()).isNull();
    }
  }

  /** All three are voters, and then the first is the only one there. */
  private static void leaveAlone(GroupWorld groups) {
    groups.awaitLeader(THREE);
    groups.world.runUntil(
        "all are voters", () -> groups.member("n1").status().committee().size() == 3, SOON);
    groups.world.crash("n2");
    groups.world.crash("n3");
    groups.world.run(Duration.ofSeconds(20));
  }

  @Test
  void a_minority_says_how_many_voters_it_reaches_and_which_are_missing() {
    try (var groups = new GroupWorld(2).expecting(3).members(THREE)) {
      leaveAlone(groups);
      assertThat(groups.group("n1").whyOffline())
          .isEqualTo("1 of 3 voters reachable, missing " + names(groups, "n2", "n3"));
      groups.group("n1").close();
      groups.world.run(SOON);
      assertThat(groups.group("n1").whyOffline()).isEqualTo("the group was left");
    }
  }

  @Test
  void a_strong_query_that_no_leader_confirms_says_which_voters_are_missing() {
    try (var groups = new GroupWorld(4).expecting(3).members(THREE)) {
      leaveAlone(groups);
      Group<String, Integer, String, String> group = groups.group("n1");
      assertThatThrownBy(() -> group.query("", Consistency.STRONG, SOON))
          .isInstanceOfSatisfying(
              GroupException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.OFFLINE))
          .hasMessage(
              "no leader confirmed the read before the deadline: 1 of 3 voters reachable, missing "
                  + names(groups, "n2", "n3"));
      assertThat(group.query("", Consistency.WEAK, SOON).index()).isPositive();
    }
  }

  @Test
  void it_is_said_once_after_half_a_minute_and_again_only_when_it_was_online_meanwhile() {
    try (var groups = new GroupWorld(3).members("n1")) {
      var asked = new ArrayList<String>();
      var strand = groups.member("n1").platform.newStrand("watch");
      var watch =
          new OfflineWatch(
              groups.group("n1").id(),
              strand,
              () -> {
                asked.add("for the reason");
                return "of a test";
              });
      strand.execute(() -> watch.look(false));
      groups.world.run(OfflineWatch.PATIENCE.minusSeconds(1));
      assertThat(asked).isEmpty();
      groups.world.run(Duration.ofSeconds(2));
      assertThat(asked).hasSize(1);
      strand.execute(() -> watch.look(false));
      groups.world.run(OfflineWatch.PATIENCE.multipliedBy(3));
      assertThat(asked).hasSize(1);
      strand.execute(() -> watch.look(true));
      strand.execute(() -> watch.look(false));
      groups.world.run(OfflineWatch.PATIENCE.plusSeconds(1));
      assertThat(asked).hasSize(2);
    }
  }
}

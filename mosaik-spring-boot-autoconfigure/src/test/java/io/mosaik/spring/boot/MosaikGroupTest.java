package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.GroupException;
import io.mosaik.groups.GroupKey;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Execution(ExecutionMode.CONCURRENT)
class MosaikGroupTest {

  @Test
  void a_group_is_injected_by_the_type_of_its_machine() {
    runner()
        .withUserConfiguration(Machine.class)
        .withBean(ByType.class)
        .withBean(ByName.class)
        .withPropertyValues("mosaik.groups.count.key=a-secret")
        .run(context -> {
          Group<Integer, Long, Integer, Long> group = context.getBean(ByType.class).group;
          assertThat(context.getBean(ByName.class).group).isSameAs(group);
          assertThat(group.execute(5, SOON).result()).isEqualTo(5L);
        });
  }

  @Test
  void a_group_without_a_machine_elects_a_leader_and_is_healthy_then() {
    runner()
        .withPropertyValues("mosaik.groups.leader.key=a-secret")
        .run(context -> {
          Group<?, ?, ?, ?> group = context.getBean(Group.class);
          assertThat(group.when().leaderElected().await(SOON))
              .isEqualTo(context.getBean(Network.class).peerId());
          group.when().isOnline().await(SOON);
          Health health = health(context);
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails().get("groups")).asString().contains("role=LEADER");
        });
  }

  @Test
  void a_group_that_waits_for_more_members_is_out_of_service() {
    runner()
        .withPropertyValues(
            "mosaik.groups.three.key=a-secret", "mosaik.groups.three.bootstrap-expect=3")
        .run(context -> {
          Group<?, ?, ?, ?> group = context.getBean(Group.class);
          assertThat(group.status().get().role()).isEqualTo(Role.UNFORMED);
          Health health = health(context);
          assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
          assertThat(health.getDetails().get("groups"))
              .asString()
              .contains("role=UNFORMED", "leader=none");
        });
  }

  @Test
  void a_group_may_prefer_to_stay_available() {
    runner()
        .withPropertyValues(
            "mosaik.groups.free.key=a-secret", "mosaik.groups.free.quorum-policy=bonded")
        .run(context -> {
          Group<?, ?, ?, ?> group = context.getBean(Group.class);
          group.when().isOnline().await(SOON);
          assertThatThrownBy(() -> group.whileLeading(leadership -> {}))
              .isInstanceOf(GroupException.class)
              .hasMessageContaining("BONDED");
        });
  }

  @Test
  void a_machine_that_breaks_the_jvm_takes_the_node_down_and_health_says_why() {
    runner()
        .withUserConfiguration(Machine.class)
        .withBean(ByType.class)
        .withPropertyValues("mosaik.groups.count.key=a-secret")
        .run(context -> {
          Group<Integer, Long, Integer, Long> group = context.getBean(ByType.class).group;
          group.when().isOnline().await(SOON);
          context.getBean(Counter.class).breakDown();
          assertThatThrownBy(() -> group.execute(1, SOON)).isInstanceOf(GroupException.class);
          Health health = health(context);
          assertThat(health.getStatus()).isEqualTo(Status.DOWN);
          assertThat(health.getDetails().get("groups"))
              .asString()
              .contains("count=", "failure=its machine failed");
        });
  }

  @Test
  void several_groups_of_one_type_are_told_apart_by_their_names() {
    runner()
        .withBean(TwoGroups.class)
        .withPropertyValues("mosaik.groups.one.key=a-secret", "mosaik.groups.two.key=another")
        .run(context -> {
          TwoGroups groups = context.getBean(TwoGroups.class);
          assertThat(groups.one).isNotSameAs(groups.two);
          assertThat(groups.one.id()).isNotEqualTo(groups.two.id());
          assertThat(context.getBean(Network.class).groups().joined()).hasSize(2);
        });
  }

  @Test
  void a_group_of_the_users_own_wins() {
    runner()
        .withUserConfiguration(Machine.class, OwnGroup.class)
        .withBean(ByType.class)
        .withPropertyValues("mosaik.groups.count.key=a-secret")
        .run(context -> {
          assertThat(context.getBean(ByType.class).group).isSameAs(context.getBean("ownGroup"));
          assertThat(context.getBeansOfType(Group.class)).hasSize(1);
        });
  }

  private static Health health(ApplicationContext context) {
    return Objects.requireNonNull(
        context.getBean("mosaikHealthIndicator", HealthIndicator.class).health());
  }

  @Configuration(proxyBeanMethods = false)
  static class Machine {

    @Bean
    Counter counter() {
      return new Counter();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnGroup {

    @Bean
    Group<Integer, Long, Integer, Long> ownGroup(Network network, Counter counter) {
      return network.groups().withKey(GroupKey.of("my own")).stateMachine(counter).join();
    }
  }

  static final class ByType {

    final Group<Integer, Long, Integer, Long> group;

    ByType(Group<Integer, Long, Integer, Long> group) {
      this.group = group;
    }
  }

  static final class ByName {

    final Group<?, ?, ?, ?> group;

    ByName(@Qualifier("count") Group<?, ?, ?, ?> group) {
      this.group = group;
    }
  }

  static final class TwoGroups {

    final Group<Void, Void, Void, Void> one;
    final Group<Void, Void, Void, Void> two;

    TwoGroups(
        @Qualifier("one") Group<Void, Void, Void, Void> one,
        @Qualifier("two") Group<Void, Void, Void, Void> two) {
      this.one = one;
      this.two = two;
    }
  }
}

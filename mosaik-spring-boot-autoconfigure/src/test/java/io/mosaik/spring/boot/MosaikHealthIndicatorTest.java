package io.mosaik.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.Discovery;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.GroupStatus;
import io.mosaik.groups.Groups;
import io.mosaik.groups.Leadership;
import io.mosaik.groups.MachineStatus;
import io.mosaik.groups.SyncStatus;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Watch;
import io.mosaik.streams.Streams;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** What health says of states that take long to come about. */
class MosaikHealthIndicatorTest {

  private static final PeerId SELF = PeerId.ofBytes(new byte[PeerId.LENGTH]);

  @Test
  void a_machine_that_is_overdue_takes_the_node_out_of_service_and_is_told_with_its_position() {
    Health health = health(machineBusyFor(Duration.ofSeconds(11)), SyncStatus.NONE);
    assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(health.getDetails().get("groups"))
        .asString()
        .contains("machine=busy with position 7 for 11 s");
  }

  @Test
  void a_machine_that_is_busy_and_not_overdue_serves() {
    Health health = health(machineBusyFor(Duration.ofSeconds(9)), SyncStatus.NONE);
    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails().get("groups")).asString().doesNotContain("machine=");
  }

  @Test
  void what_is_being_fetched_and_that_a_state_differs_is_told() {
    var sync = new SyncStatus(1, 100, 0, 1_000, 4_000, true);
    Health health = health(machineBusyFor(Duration.ZERO), sync);
    assertThat(health.getDetails().get("groups"))
        .asString()
        .contains("fetching=1,000 of 4,000 bytes of a snapshot", "diverged=");
  }

  private static MachineStatus machineBusyFor(Duration time) {
    return new MachineStatus(time, 7, 2, 0);
  }

  private static Health health(MachineStatus machine, SyncStatus sync) {
    var status = new GroupStatus(Role.LEADER, 3, SELF, true, List.of(SELF), 9, 7, sync, null, null);
    Leadership leadership = stub(Leadership.class, name -> true);
    Group<?, ?, ?, ?> group =
        stub(
            Group.class,
            name ->
                switch (name) {
                  case "id" -> GroupId.of("group");
                  case "status" -> stub(Watch.class, get -> status);
                  case "leadership" -> stub(Watch.class, get -> leadership);
                  case "machine" -> machine;
                  case "bonds" -> List.of();
                  default -> throw new UnsupportedOperationException(name);
                });
    Catalog catalog = stub(Catalog.class, name -> 0);
    Discovery discovery = stub(Discovery.class, name -> stub(Watch.class, get -> catalog));
    Groups groups = stub(Groups.class, name -> List.of(group));
    Streams streams = stub(Streams.class, name -> List.of());
    Network network =
        stub(
            Network.class,
            name ->
                switch (name) {
                  case "id" -> NetworkId.of("network");
                  case "peerId" -> SELF;
                  case "discovery" -> discovery;
                  case "groups" -> groups;
                  case "streams" -> streams;
                  default -> throw new UnsupportedOperationException(name);
                });
    return Objects.requireNonNull(new MosaikHealthIndicator(network, new GroupNames()).health());
  }

  private interface Answer {

    @Nullable Object to(String method);
  }

  private static <T> T stub(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(method.getName())));
  }
}

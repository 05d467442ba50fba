package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupOutage;
import io.mosaik.groups.GroupStatus;
import io.mosaik.groups.MachineStatus;
import io.mosaik.groups.SyncStatus;
import io.mosaik.id.PeerId;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The node's health: {@code DOWN} when its member of a group has stopped by itself; {@code
 * OUT_OF_SERVICE} while one of its groups is offline here (no leader, no quorum, or catching up),
 * or its machine is stuck, since that part of its work can't be done now; {@code UP} otherwise.
 * Streams that are not online are shown and don't count: a producer without consumers is no fault.
 */
final class MosaikHealthIndicator extends AbstractHealthIndicator {

  private final Network network;
  private final GroupNames names;

  MosaikHealthIndicator(Network network, GroupNames names) {
    super("The state of the Mosaik node could not be read");
    this.network = network;
    this.names = names;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    var groups = new LinkedHashMap<String, Object>();
    boolean allServe = true;
    boolean anyFailed = false;
    for (Group<?, ?, ?, ?> group : network.groups().joined()) {
      GroupStatus status = group.status().get();
      allServe &= status.online() && !group.machine().isOverdue();
      anyFailed |= status.failure() != null;
      groups.put(names.of(group), describe(group, status));
    }
    if (anyFailed) {
      builder.down();
    } else if (allServe) {
      builder.up();
    } else {
      builder.outOfService();
    }
    builder
        .withDetail("network", network.id().toShortString())
        .withDetail("peerId", network.peerId().toShortString())
        .withDetail("peers", network.discovery().catalog().get().size())
        .withDetail("groups", groups)
        .withDetail("producers", producers())
        .withDetail("consumers", consumers());
  }

  private static Map<String, Object> describe(Group<?, ?, ?, ?> group, GroupStatus status) {
    var details = new LinkedHashMap<String, Object>();
    PeerId leader = status.leader();
    details.put("role", status.role().name());
    details.put("online", status.online());
    details.put("leader", leader == null ? "none" : leader.toShortString());
    details.put("leadership", group.leadership().get().isHeld() ? "held" : "none");
    details.put("term", status.term());
    details.put("committee", status.committee().size());
    details.put("bonds", group.bonds().size());
    details.put("committed", status.committed());
    details.put("applied", status.applied());
    SyncStatus sync = status.sync();
    if (sync.fetching()) {
      details.put(
          "fetching",
          String.format(
              Locale.ROOT,
              "%,d of %,d bytes of a snapshot",
              sync.fetchedBytes(),
              sync.fetchBytes()));
    }
    if (sync.diverged()) {
      details.put("diverged", "its state differs from another member's after the same commands");
    }
    MachineStatus machine = group.machine();
    if (machine.isOverdue()) {
      details.put(
          "machine",
          "busy with position %d for %d s"
              .formatted(machine.busyWith(), machine.busyFor().toSeconds()));
    }
    GroupOutage outage = status.outage();
    if (outage != null) {
      details.put("outage", outage.description());
    }
    String failure = status.failure();
    if (failure != null) {
      details.put("failure", failure);
    }
    return details;
  }

  private Map<String, Object> producers() {
    var details = new LinkedHashMap<String, Object>();
    for (Producer<?> producer : network.streams().producers()) {
      details.put(producer.name(), stream(producer.online().get(), producer.consumers().size()));
    }
    return details;
  }

  private Map<String, Object> consumers() {
    var details = new LinkedHashMap<String, Object>();
    for (Consumer<?> consumer : network.streams().consumers()) {
      details.put(consumer.name(), stream(consumer.online().get(), consumer.producers().size()));
    }
    return details;
  }

  private static Map<String, Object> stream(boolean online, int subscriptions) {
    var details = new LinkedHashMap<String, Object>();
    details.put("online", online);
    details.put("subscriptions", subscriptions);
    return details;
  }
}

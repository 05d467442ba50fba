package io.mosaik.spring.boot;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.mosaik.groups.BondInfo;
import io.mosaik.groups.BondRefusal;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Role;
import io.mosaik.groups.SyncStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Meters of one group. */
final class GroupMeters {

  private final MeterRegistry registry;
  private final Group<?, ?, ?, ?> group;
  private final Tags tags;

  private GroupMeters(MeterRegistry registry, Group<?, ?, ?, ?> group, Tags tags) {
    this.registry = registry;
    this.group = group;
    this.tags = tags;
  }

  static void bind(MeterRegistry registry, Group<?, ?, ?, ?> group, String name) {
    new GroupMeters(registry, group, Tags.of("group", name)).bind();
  }

  private void bind() {
    for (Role role : Role.values()) {
      Gauge.builder("mosaik.group.role", group, g -> g.status().get().role() == role ? 1 : 0)
          .description("1 for the role that this member has, 0 for the others")
          .tags(tags.and("role", role.name().toLowerCase(Locale.ROOT)))
          .register(registry);
    }
    bindStanding();
    bindBonds();
    bindLog();
    bindMachine();
  }

  private void bindStanding() {
    gauge("leader", "1 while this node leads the group", g -> g.isLeader() ? 1 : 0);
    gauge(
        "leadership",
        "1 while this node is sure to lead alone",
        g -> g.leadership().get().isHeld() ? 1 : 0);
    gauge(
        "outage",
        "1 while there has been no leader for long, and the group says why",
        g -> g.status().get().outage() == null ? 0 : 1);
    gauge(
        "online",
        "1 while this node leads the group or follows its leader in step",
        g -> g.status().get().online() ? 1 : 0);
    gauge(
        "failed",
        "1 when this member has stopped by itself",
        g -> g.status().get().failure() == null ? 0 : 1);
    gauge("term", "The present term", g -> g.status().get().term());
    gauge("committee", "Voters of the group", g -> g.committee().size());
    gauge("committed", "The last log position known to be committed", Group::committed);
    gauge("applied", "The last log position applied here", Group::applied);
    gauge(
        "lag",
        "Committed log positions that are not applied here yet",
        g -> Math.max(0, g.committed() - g.applied()));
    gauge(
        "pending.commands",
        "Commands of this node that are on their way",
        g -> g.pending().commands());
    gauge("pending.bytes", "Bytes of those commands", g -> g.pending().bytes());
  }

  private void bindBonds() {
    gauge("bonds", "Members that this one is connected to", g -> g.bonds().size());
    longest("bonds.rtt", "The longest round-trip time of them, as far as known", BondInfo::rtt);
    longest("bonds.silence", "The longest time that one has not been heard", BondInfo::silence);
    total("bonds.sent", "Messages sent to other members", BondInfo::messagesSent);
    total("bonds.sent.bytes", "Bytes of those messages", BondInfo::bytesSent);
    total("bonds.received", "Messages received from other members", BondInfo::messagesReceived);
    total("bonds.received.bytes", "Bytes of those messages", BondInfo::bytesReceived);
    for (BondRefusal reason : BondRefusal.values()) {
      FunctionCounter.builder(
              "mosaik.group.bonds.refused", group, g -> g.bondRefusals().getOrDefault(reason, 0L))
          .description("Bonds that this member refused, or was refused")
          .tags(tags.and("reason", reason.name()))
          .register(registry);
    }
  }

  private void bindLog() {
    sync("log.entries", "Log entries held in memory", SyncStatus::heldEntries);
    sync("log.bytes", "Bytes of those entries", SyncStatus::heldBytes);
    sync(
        "snapshot.position",
        "The last log position that the latest snapshot covers",
        SyncStatus::snapshotIndex);
    sync(
        "snapshot.fetched",
        "Bytes that are here of the snapshot that is being fetched",
        SyncStatus::fetchedBytes);
    sync(
        "snapshot.wanted",
        "Bytes of the snapshot that is being fetched; 0 if none is",
        SyncStatus::fetchBytes);
    sync(
        "diverged",
        "1 when this member's state was found to differ from another's",
        sync -> sync.diverged() ? 1 : 0);
  }

  private void bindMachine() {
    gauge("machine.waiting", "Work that waits for the machine", g -> g.machine().waiting());
    time(
        "machine.busy",
        "How long the machine has been at what it does now",
        g -> g.machine().busyFor());
    FunctionCounter.builder("mosaik.group.rejected", group, g -> g.machine().rejected())
        .description("Commands that the machine rejected")
        .tags(tags)
        .register(registry);
  }

  private void sync(String name, String description, ToLongFunction<SyncStatus> value) {
    gauge(name, description, g -> value.applyAsLong(g.status().get().sync()));
  }

  private void longest(
      String name, String description, Function<BondInfo, @Nullable Duration> value) {
    time(
        name,
        description,
        g -> {
          Duration longest = Duration.ZERO;
          for (BondInfo bond : g.bonds()) {
            Duration time = value.apply(bond);
            longest = time != null && time.compareTo(longest) > 0 ? time : longest;
          }
          return longest;
        });
  }

  private void time(String name, String description, Function<Group<?, ?, ?, ?>, Duration> value) {
    TimeGauge.builder(
            "mosaik.group." + name, group, TimeUnit.SECONDS, g -> value.apply(g).toNanos() / 1e9)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void total(String name, String description, ToLongFunction<BondInfo> measure) {
    var totals = new BondTotals(group, measure);
    FunctionCounter.builder("mosaik.group." + name, group, g -> totals.read())
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<Group<?, ?, ?, ?>> value) {
    Gauge.builder("mosaik.group." + name, group, value)
        .description(description)
        .tags(tags)
        .register(registry);
  }
}

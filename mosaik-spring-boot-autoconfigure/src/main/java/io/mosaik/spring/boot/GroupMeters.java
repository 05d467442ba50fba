package io.mosaik.spring.boot;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Role;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

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
    gauge("leader", "1 while this node leads the group", g -> g.isLeader() ? 1 : 0);
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
    gauge("bonds", "Members that this one is connected to", g -> g.bonds().size());
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
    gauge("machine.waiting", "Work that waits for the machine", g -> g.machine().waiting());
    TimeGauge.builder(
            "mosaik.group.machine.busy",
            group,
            TimeUnit.SECONDS,
            g -> g.machine().busyFor().toNanos() / 1e9)
        .description("How long the machine has been at what it does now")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder("mosaik.group.rejected", group, g -> g.machine().rejected())
        .description("Commands that the machine rejected")
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

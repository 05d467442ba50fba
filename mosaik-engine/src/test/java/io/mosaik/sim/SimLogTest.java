package io.mosaik.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.StoredLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimLogTest {

  private static final class Synced implements LogStorage.SyncListener {
    final World world;
    final List<Duration> at = new ArrayList<>();

    Synced(World world) {
      this.world = world;
    }

    @Override
    public void durable() {
      at.add(world.now());
    }

    @Override
    public void failed(LogStorageException reason) {
      throw reason;
    }
  }

  private static void append(LogStorage log, long index) {
    log.write(new LogWrite(null, index, List.of(new Entry.Noop(index))));
  }

  private static StoredLog reopened(World world) {
    return world.node("n1").disk().log("g").open(2);
  }

  @Test
  void what_was_synced_survives_a_crash_and_of_the_rest_a_random_beginning() {
    var survivors = new HashSet<Integer>();
    for (long seed = 1; seed <= 40; seed++) {
      try (var world = World.seeded(seed)) {
        LogStorage log = world.node("n1").disk().log("g");
        assertThat(log.open(7).incarnation()).isEqualTo(7);
        append(log, 1);
        var synced = new Synced(world);
        log.sync(synced);
        assertThat(synced.at).hasSize(1);
        append(log, 2);
        append(log, 3);
        world.crash("n1");
        StoredLog found = reopened(world);
        assertThat(found.incarnation()).isEqualTo(7);
        assertThat(found.entries()).isSubsetOf(noops(3)).startsWith(new Entry.Noop(1));
        survivors.add(found.entries().size());
      }
    }
    assertThat(survivors).containsExactlyInAnyOrder(1, 2, 3);
  }

  private static List<Entry> noops(int count) {
    var noops = new ArrayList<Entry>();
    for (long i = 1; i <= count; i++) {
      noops.add(new Entry.Noop(i));
    }
    return noops;
  }

  @Test
  void a_sync_takes_its_time_and_covers_what_was_written_before_it() {
    try (var world = World.seeded(1)) {
      Node node = world.node("n1");
      node.disk().syncTime(Duration.ofMillis(20), Duration.ofMillis(20));
      LogStorage log = node.disk().log("g");
      var unused = log.open(7);
      append(log, 1);
      var synced = new Synced(world);
      log.sync(synced);
      append(log, 2);
      world.run(Duration.ofMillis(19));
      assertThat(synced.at).isEmpty();
      world.run(Duration.ofMillis(1));
      assertThat(synced.at).containsExactly(Duration.ofMillis(20));
      assertThat(node.disk().syncs()).isEqualTo(1);
    }
  }

  @Test
  void a_sync_that_a_crash_interrupts_is_never_told() {
    try (var world = World.seeded(1)) {
      Node node = world.node("n1");
      node.disk().syncTime(Duration.ofMillis(20), Duration.ofMillis(30));
      LogStorage log = node.disk().log("g");
      var unused = log.open(7);
      append(log, 1);
      var synced = new Synced(world);
      log.sync(synced);
      world.crash("n1").restart("n1").run(Duration.ofSeconds(1));
      assertThat(synced.at).isEmpty();
    }
  }

  @Test
  void a_full_disk_refuses_and_keeps_what_it_has() {
    try (var world = World.seeded(1)) {
      SimDisk disk = world.node("n1").disk();
      LogStorage log = disk.log("g");
      var unused = log.open(7);
      append(log, 1);
      log.sync(new Synced(world));
      disk.full(true);
      assertThatThrownBy(() -> append(log, 2))
          .isInstanceOf(LogStorageException.class)
          .hasMessageContaining("no space");
      disk.full(false);
      assertThat(reopened(world).entries()).isEqualTo(noops(1));
    }
  }

  @Test
  void a_lost_disk_has_lost_the_incarnation_too() {
    try (var world = World.seeded(1)) {
      LogStorage log = world.node("n1").disk().log("g");
      assertThat(log.open(7).incarnation()).isEqualTo(7);
      log.write(new LogWrite(new HardState(Lineage.NONE, 3, null, false, List.of()), 0, List.of()));
      log.sync(new Synced(world));
      world.crashWithDiskLoss("n1");
      StoredLog found = reopened(world);
      assertThat(found.incarnation()).isEqualTo(2);
      assertThat(found.hardState()).isEqualTo(HardState.INITIAL);
    }
  }

  @Test
  void a_log_that_another_run_has_opened_takes_nothing_from_the_one_before() {
    try (var world = World.seeded(1)) {
      SimDisk disk = world.node("n1").disk();
      LogStorage log = disk.log("g");
      assertThat(log.open(1).entries()).isEmpty();
      assertThat(disk.log("g").open(2).entries()).isEmpty();
      assertThatThrownBy(() -> append(log, 1)).isInstanceOf(LogStorageException.class);
    }
  }

  @Test
  void each_name_is_a_log_of_its_own() {
    try (var world = World.seeded(1)) {
      SimDisk disk = world.node("n1").disk();
      assertThat(disk.log("g").open(1).incarnation()).isEqualTo(1);
      assertThat(disk.log("h").open(2).incarnation()).isEqualTo(2);
      assertThat(disk.log("g").open(3).incarnation()).isEqualTo(1);
    }
  }
}

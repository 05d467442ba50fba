package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.ForwardingLogStorage;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.quic.QuicEndpoint;
import io.mosaik.transport.quic.QuicOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Disks that stand still, on a node with two engine threads: as many as there are such disks. */
class StuckDisksTest {

  private static final ConsensusConfig QUICK =
      ConsensusConfig.builder()
          .heartbeatInterval(Duration.ofMillis(100))
          .heartbeatJitter(Duration.ofMillis(20))
          .electionTimeout(Duration.ofMillis(300))
          .electionTimeoutJitter(Duration.ofMillis(100))
          .bootstrapDelay(Duration.ofMillis(100))
          .build();

  /** This machine with two engine threads. */
  private static final class TwoThreads implements Host {

    private final RealPlatform platform = new RealPlatform(2);

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
      return QuicEndpoint.open(key, bind, advertise, QuicOptions.DEFAULTS);
    }

    @Override
    public void release() {
      platform.close();
    }
  }

  /** Opens and closes when it is let, and makes nothing durable while it is stuck. */
  private static final class Stuck extends ForwardingLogStorage {

    private final CountDownLatch mayOpen = new CountDownLatch(1);
    private final CountDownLatch mayClose = new CountDownLatch(1);
    private final CountDownLatch closes = new CountDownLatch(1);
    private volatile boolean stuck;

    Stuck() {
      super(new InMemoryLogStorage());
    }

    private static void await(CountDownLatch latch) {
      try {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public StoredLog open(long newIncarnation) {
      await(mayOpen);
      return super.open(newIncarnation);
    }

    @Override
    public void sync(LogStorage.SyncListener listener) {
      if (!stuck) {
        super.sync(listener);
      }
    }

    @Override
    public void close() {
      closes.countDown();
      await(mayClose);
      super.close();
    }
  }

  private static Group<String, Integer, String, String> join(
      Network node, String key, LogStorage storage) {
    return node.groups()
        .withKey(GroupKey.of(key + " of a test of stuck disks"))
        .stateMachine(new Journal())
        .consensus(QUICK)
        .storage(storage)
        .join();
  }

  @Test
  @Timeout(60)
  void disks_that_are_stuck_hold_up_no_other_group_of_the_node() throws Exception {
    var disks = List.of(new Stuck(), new Stuck());
    try (Network node =
        Network.builder(NetworkId.of("stuck-disks"))
            .host(new TwoThreads())
            .bind(new Address("127.0.0.1", 0))
            .start()) {
      var stuck = new ArrayList<Group<String, Integer, String, String>>();
      for (Stuck disk : disks) {
        stuck.add(join(node, "stuck " + stuck.size(), disk));
      }
      var healthy = join(node, "healthy", new InMemoryLogStorage());
      healthy.when().isLeader().await();
      assertThat(healthy.execute("while two disks are being opened").result()).isEqualTo(1);
      assertThat(stuck).noneMatch(group -> group.status().get().online());

      disks.forEach(disk -> disk.mayOpen.countDown());
      for (var group : stuck) {
        group.when().isLeader().await();
        assertThat(group.execute("stored").result()).isEqualTo(1);
      }
      disks.forEach(disk -> disk.stuck = true);
      var waiting = new ArrayList<CompletableFuture<?>>();
      for (var group : stuck) {
        for (int i = 0; i < 100; i++) {
          waiting.add(group.executeAsync("x".repeat(500_000)));
        }
      }
      assertThat(healthy.execute("while nothing becomes durable").result()).isEqualTo(2);
      assertThat(waiting).noneMatch(CompletableFuture::isDone);
      for (var group : stuck) {
        assertThat(group.status().get().sync().heldBytes()).isLessThan(48L << 20);
      }

      stuck.forEach(Group::close);
      for (Stuck disk : disks) {
        assertThat(disk.closes.await(20, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(healthy.execute("while two disks are being closed").result()).isEqualTo(3);
      assertThat(healthy.isLeader()).isTrue();
      disks.forEach(disk -> disk.mayClose.countDown());
    } finally {
      disks.forEach(disk -> disk.mayOpen.countDown());
      disks.forEach(disk -> disk.mayClose.countDown());
    }
  }
}

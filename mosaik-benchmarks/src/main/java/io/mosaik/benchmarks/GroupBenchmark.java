package io.mosaik.benchmarks;

import io.mosaik.Network;
import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.StateMachine;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.NetworkId;
import io.mosaik.transport.Address;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A group of three nodes in this process, over QUIC on loopback, with logs in memory: commands of
 * 256 bytes from the leader's node and from a follower's, and strong reads, one at a time and 512
 * at a time.
 */
final class GroupBenchmark implements AutoCloseable {

  private static final int NODES = 3;
  private static final int WINDOW = 512;
  private static final byte[] COMMAND = new byte[256];

  private final List<Network> nodes = new ArrayList<>();
  private final List<Group<byte[], Long, Long, Long>> groups = new ArrayList<>();

  /** Forms the group. Blocks until every node is in step. */
  GroupBenchmark() throws InterruptedException, ExecutionException, TimeoutException {
    ConsensusConfig config =
        ConsensusConfig.builder()
            .bootstrapDelay(Duration.ofMillis(500))
            .bootstrapExpect(NODES)
            .build();
    for (int i = 0; i < NODES; i++) {
      var builder = Network.builder(NetworkId.of("benchmark")).bind(new Address("127.0.0.1", 0));
      if (!nodes.isEmpty()) {
        builder.bootstrap(nodes.getFirst().address());
      }
      Network node = builder.start();
      nodes.add(node);
      groups.add(
          node.groups()
              .withKey(GroupKey.of("benchmark"))
              .stateMachine(new Counter())
              .consensus(config)
              .join());
    }
    for (var group : groups) {
      group.when().isOnline().future().get(60, TimeUnit.SECONDS);
    }
  }

  void run(ClosedLoop loop, Consumer<Measurement> results) throws InterruptedException {
    var leader = groups.stream().filter(Group::isLeader).findFirst().orElseThrow();
    var follower = groups.stream().filter(group -> !group.isLeader()).findFirst().orElseThrow();
    for (int window : new int[] {1, WINDOW}) {
      String under = ", " + window + " under way";
      results.accept(
          loop.measure(
              "execute at the leader" + under, window, () -> leader.executeAsync(COMMAND)));
      results.accept(
          loop.measure(
              "execute at a follower" + under, window, () -> follower.executeAsync(COMMAND)));
      results.accept(
          loop.measure(
              "strong read at the leader" + under,
              window,
              () -> leader.queryAsync(0L, Consistency.STRONG)));
      results.accept(
          loop.measure(
              "strong read at a follower" + under,
              window,
              () -> follower.queryAsync(0L, Consistency.STRONG)));
    }
  }

  @Override
  public void close() {
    nodes.forEach(Network::close);
  }

  /** Counts commands. */
  private static final class Counter implements StateMachine<byte[], Long, Long, Long> {

    private static final Codec<byte[]> BYTES =
        new Codec<>() {
          @Override
          public void encode(byte[] value, BinaryWriter out) {
            out.bytes(value);
          }

          @Override
          public byte[] decode(BinaryReader in) {
            return in.bytes(1 << 20);
          }
        };

    private static final Codec<Long> NUMBER =
        new Codec<>() {
          @Override
          public void encode(Long value, BinaryWriter out) {
            out.i64(value);
          }

          @Override
          public Long decode(BinaryReader in) {
            return in.i64();
          }
        };

    private long count;

    @Override
    public String signature() {
      return "benchmark.counter.1";
    }

    @Override
    public Long apply(byte[] command, ApplyContext context) {
      return ++count;
    }

    @Override
    public void reset() {
      count = 0;
    }

    @Override
    public Long query(Long query) {
      return count;
    }

    @Override
    public Codec<byte[]> commandCodec() {
      return BYTES;
    }

    @Override
    public Codec<Long> queryCodec() {
      return NUMBER;
    }

    @Override
    public Codec<Long> answerCodec() {
      return NUMBER;
    }
  }
}

package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.ForwardingLogStorage;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Consensus;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.raft.RaftStatus;
import io.mosaik.groups.raft.Tenure;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a member whose disk stands still, or is slow, while ever more waits for it. */
class RaftShellTest {

  /** Wants its hard state stored with each input, and one effect carried out behind that. */
  private static final class Core implements Consensus {

    @Override
    public void start(long nowNs, List<Effect> out) {}

    @Override
    public void step(Input input, long nowNs, List<Effect> out) {
      if (input instanceof Input.ReadIndex read) {
        out.add(new Effect.Persist(new LogWrite(HardState.INITIAL, 0, List.of())));
        out.add(new Effect.ReadFailed(read.token()));
      }
    }

    @Override
    public void flush(long nowNs, List<Effect> out) {}

    @Override
    public @Nullable Tenure tenure() {
      return null;
    }

    @Override
    public Origin origin() {
      throw new UnsupportedOperationException();
    }

    @Override
    public RaftStatus status() {
      throw new UnsupportedOperationException();
    }
  }

  /** Makes durable what it was given when it is let. */
  private static final class Disk extends ForwardingLogStorage {

    private @Nullable SyncListener waiting;

    Disk() {
      super(new InMemoryLogStorage());
    }

    @Override
    public void write(LogWrite write) {}

    @Override
    public void sync(LogStorage.SyncListener listener) {
      assertThat(waiting).isNull();
      waiting = listener;
    }

    void goOn() {
      SyncListener listener = waiting;
      waiting = null;
      if (listener != null) {
        listener.durable();
      }
    }
  }

  private final class Outlet implements RaftShell.Outlet {

    @Override
    public void carryOut(Effect effect) {
      carriedOut.add(((Effect.ReadFailed) effect).token());
    }

    @Override
    public void tenure(@Nullable Tenure tenure) {}

    @Override
    public void stopped(String reason) {
      reasons.add(reason);
    }

    @Override
    public void turned() {}
  }

  private final World world = World.seeded(1);
  private final Platform platform = world.host("n1").platform();
  private final Strand strand = platform.newStrand("group");
  private final Disk disk = new Disk();
  private final RaftShell shell =
      new RaftShell(new Core(), disk, strand, platform.clock(), new Outlet());
  private final List<Long> carriedOut = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private long inputs;

  @BeforeEach
  void start() {
    strand.execute(shell::start);
  }

  @AfterEach
  void close() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  private void input(int count) {
    strand.execute(() -> {
      for (int i = 0; i < count; i++) {
        shell.step(new Input.ReadIndex(++inputs));
      }
    });
    world.run(Duration.ofMillis(1));
  }

  private void diskGoesOn() {
    strand.execute(disk::goOn);
    world.run(Duration.ofMillis(1));
  }

  private static List<Long> all(long count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }

  @Test
  void it_stops_when_too_much_waits_for_a_disk_that_has_stood_still_for_ten_seconds() {
    input(RaftShell.MOST_WAITING - 1);
    world.run(RaftShell.PATIENCE);
    input(1); // as much as may wait
    assertThat(reasons).isEmpty();
    input(1);
    assertThat(reasons)
        .containsExactly(
            "its log storage failed: nothing has become durable for more than 10 s, and too much"
                + " waits for it");
    input(1);
    diskGoesOn();
    assertThat(reasons).hasSize(1);
    assertThat(carriedOut).isEmpty();
  }

  @Test
  void however_much_waits_it_goes_on_if_the_disk_does_within_ten_seconds() {
    for (int round = 1; round <= 3; round++) {
      input(RaftShell.MOST_WAITING + 10);
      world.run(RaftShell.PATIENCE.minusMillis(10));
      input(1);
      diskGoesOn(); // with what it was given at first
      diskGoesOn(); // with what came meanwhile
      assertThat(carriedOut).isEqualTo(all(inputs));
    }
    assertThat(reasons).isEmpty();
  }

  @Test
  void however_long_the_disk_stands_still_a_little_waits_for_it() {
    input(RaftShell.MOST_WAITING / 2);
    world.run(Duration.ofHours(1));
    input(RaftShell.MOST_WAITING / 2);
    assertThat(reasons).isEmpty();
    diskGoesOn();
    diskGoesOn();
    assertThat(carriedOut).isEqualTo(all(inputs));
  }
}

package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.raft.Input;
import io.mosaik.runtime.Platform;
import io.mosaik.sim.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Which call a committed command is of. */
class CallsTest {

  private final List<Input> proposed = new ArrayList<>();

  private static Call.Execute<String> call(long token) {
    long deadlineNs = Duration.ofHours(1).toNanos();
    return new Call.Execute<>(List.of(new byte[] {1}), token, deadlineNs);
  }

  /** B6: the numbers of a new origin begin at 1 while the machine is at the old command of that. */
  @Test
  void a_command_under_a_number_that_is_given_again_is_of_the_later_call() {
    try (var world = World.seeded(1)) {
      var platform = new AtomicReference<Platform>();
      var unused = world.node("n1").runs(node -> platform.set(node.host().platform()));
      Platform on = platform.get();
      var calls =
          new Calls<String>(
              on.newStrand("test"), on.clock(), Runnable::run, proposed::add, () -> null);
      Call<String> before = call(1);
      Call<String> after = call(2);
      calls.submit(before);
      calls.accepted(1, 1);
      assertThat(calls.take(1, 5, 1)).isSameAs(before);
      calls.lost();
      calls.submit(after);
      calls.accepted(2, 1);
      calls.applied(before); // the machine was slow
      assertThat(calls.take(1, 6, 2)).isSameAs(after);
      calls.applied(after);
      assertThat(calls.take(1, 6, 2)).isNull();
      assertThat(proposed).hasSize(2);
    }
  }
}

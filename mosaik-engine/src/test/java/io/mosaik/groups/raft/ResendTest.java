package io.mosaik.groups.raft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Message.Forward;
import io.mosaik.groups.raft.Message.ForwardResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * S1: what an origin sends again where its leader takes nothing for want of room (N7). Node 0 leads
 * three, and node 1 is the origin.
 */
final class ResendTest {

  private static final int ORIGIN = 1;
  private static final int BOUND = 20;

  /** Several messages of them, two to a message. */
  private static final int COUNT = 30;

  private static final Duration FORWARD_TIMEOUT = Bench.CONFIG.forwardTimeout();

  private final Bench bench =
      new Bench(3, Bench.CONFIG.toBuilder().bootstrapExpect(3).build(), EnumSet.noneOf(Rule.class));

  /** The leader's log is full. */
  @BeforeEach
  void theLeaderIsFull() {
    bench.bounds = LogBounds.whole(BOUND, Long.MAX_VALUE);
    bench.start(0, false);
    bench.bondAll();
    bench.timeout(0);
    bench.settle();
    for (int i = 0; bench.state(0).log.heldEntries() < BOUND; i++) {
      bench.propose(0, "filling " + i);
      bench.settle();
    }
    assertThat(bench.core(0).room().isFull()).isTrue();
  }

  /** All that the leader has applied is pruned. */
  private void leaderGetsRoom() {
    RaftLog log = bench.state(0).log;
    LogBase base = log.baseAt(log.commitIndex());
    bench.step(
        0,
        new Input.SnapshotStored(
            new SnapshotManifest(
                base.lineage(),
                base.position(),
                bench.committee(0),
                base.committeeIndex(),
                0,
                List.of())));
    assertThat(bench.core(0).room().isFull()).isFalse();
  }

  private static byte[] large(int number) {
    byte[] name = ("large " + number + "!").getBytes(UTF_8);
    return Arrays.copyOf(name, Message.MAX_BATCH_BYTES / 2);
  }

  /** Commands of the origin, of a MiB each, which the leader has no room for. */
  private void proposeMany() {
    for (int i = 0; i < COUNT; i++) {
      bench.propose(ORIGIN, large(i));
    }
    assertThat(sent()).isEqualTo(all(COUNT));
    bench.settle();
    assertThat(numbers()).isEmpty();
  }

  /** The numbers of the commands that are on their way to the leader. */
  private List<Integer> sent() {
    return bench.wire(ORIGIN, 0).stream()
        .filter(Forward.class::isInstance)
        .flatMap(message -> ((Forward) message).commands().stream())
        .map(ResendTest::number)
        .toList();
  }

  private static int number(byte[] command) {
    String text = new String(command, 0, 10, UTF_8);
    return Integer.parseInt(text.substring(6, text.indexOf('!')));
  }

  /** The origin's commands that count, in the order in which one member applies them. */
  private List<Integer> numbers() {
    var sessions = new Sessions();
    var numbers = new ArrayList<Integer>();
    for (Effect.Apply apply : bench.told(2, Effect.Apply.class)) {
      for (var entry : apply.entries()) {
        if (entry instanceof Entry.Command command
            && sessions.admit(command.origin(), command.sequence()) == Sessions.Verdict.APPLY
            && command.origin().equals(origin())) {
          numbers.add(number(command.bytes()));
        }
      }
    }
    return numbers;
  }

  private Origin origin() {
    return bench.core(ORIGIN).origin();
  }

  private static List<Integer> all(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** Lets the time pass until the origin sends again, and returns how long that is. */
  private Duration resend() {
    long delayNs =
        bench.told(ORIGIN, Effect.SetTimer.class).stream()
            .filter(timer -> timer.kind() == TimerKind.RESEND)
            .toList()
            .getLast()
            .delayNs();
    bench.passAll(Duration.ofNanos(delayNs));
    bench.step(ORIGIN, new Input.TimerFired(TimerKind.RESEND));
    return Duration.ofNanos(delayNs);
  }

  @Test
  void s1_a_leader_without_room_is_asked_with_the_first_command_alone() {
    proposeMany();
    for (int i = 0; i < 10; i++) {
      resend();
      assertThat(sent()).as("sent again the %d. time", i + 1).containsExactly(0);
      bench.settle();
    }
  }

  @Test
  void s1_once_there_is_room_all_come_in_order_no_later_than_if_all_had_been_sent_again() {
    proposeMany();
    for (int i = 0; i < 3; i++) {
      resend();
      bench.settle();
    }
    leaderGetsRoom();
    assertThat(resend()).isLessThanOrEqualTo(FORWARD_TIMEOUT.dividedBy(2)); // and one way more
    bench.settle();
    assertThat(numbers()).isEqualTo(all(numbers().size())).hasSizeGreaterThanOrEqualTo(5);
    for (int i = 0; i < 20 && numbers().size() < COUNT; i++) {
      if (bench.core(0).room().isFull()) {
        leaderGetsRoom();
      }
      resend();
      bench.settle();
    }
    assertThat(numbers()).isEqualTo(all(COUNT));
  }

  /** Another leader had placed them, and the origin has forgotten them since. */
  @Test
  void s5_what_an_origin_has_applied_is_no_gap_to_its_leader() {
    Bench free = Bench.formed(3, EnumSet.noneOf(Rule.class));
    assertThat(placed(free, 16, 17)).containsExactly(17L);
    assertThat(placed(free, 17, 19)).as("18 is missing").isEmpty();
    assertThat(placed(free, 20, 21)).containsExactly(21L);
    assertThat(placed(free, 20, 23)).as("22 is missing").isEmpty();
  }

  /** What the leader places of a command with this number. */
  private static List<Long> placed(Bench bench, long applied, long sequence) {
    bench.wire(0, ORIGIN).clear();
    RaftState leader = bench.state(0);
    bench.step(
        0,
        new Input.Received(
            bench.member(ORIGIN),
            new Forward(
                leader.log.lineage(), leader.term(), 1, applied, sequence, List.of(new byte[1]))));
    return bench.wire(0, ORIGIN).stream()
        .filter(ForwardResponse.class::isInstance)
        .map(response -> ((ForwardResponse) response).firstSequence())
        .toList();
  }
}

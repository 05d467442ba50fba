package io.mosaik.sim;

import static io.mosaik.sim.TestPeer.isLost;
import static io.mosaik.sim.TestPeer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.RecordingHandler;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the faults of a world do to connections. */
class FaultsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final World world = World.seeded(3);
  private final TestPeer a = TestPeer.on(world, "a");
  private final TestPeer b = TestPeer.on(world, "b");

  @AfterEach
  void closeWorld() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  private RecordingHandler connect() {
    RecordingHandler near = a.dialAndGreet(b, "hello");
    world.runUntil("b heard a", () -> received(b, 1), SECOND);
    return near;
  }

  private static boolean received(TestPeer peer, int frames) {
    return !peer.accepted().isEmpty() && far(peer).receivedCount() >= frames;
  }

  private static RecordingHandler far(TestPeer peer) {
    return peer.accepted().getLast();
  }

  @Test
  void a_frame_takes_the_latency_and_the_handshake_a_round_trip() {
    world.links(LinkProfile.ofLatency(Duration.ofMillis(100)));
    RecordingHandler near = a.dialAndGreet(b, "hello");
    world.run(Duration.ofMillis(199));
    assertThat(near.isOpened()).isFalse();
    world.run(Duration.ofMillis(1));
    assertThat(near.isOpened()).isTrue();
    world.run(Duration.ofMillis(99));
    assertThat(b.accepted()).isEmpty();
    world.run(Duration.ofMillis(1));
    assertThat(far(b).receivedCount()).isEqualTo(1);
    assertThat(near.connection().rtt()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void jitter_never_reorders_a_connection() {
    world.links(LinkProfile.ofLatency(Duration.ofMillis(5)).withJitter(Duration.ofMillis(50)));
    RecordingHandler near = a.dialAndGreet(b, "hello");
    world.runUntil("b heard a", () -> received(b, 1), SECOND);
    for (int i = 0; i < 200; i++) {
      near.connection().send(new BinaryWriter().i32(i).toFrame());
      world.run(Duration.ofMillis(1));
    }
    world.run(SECOND);
    assertThat(far(b).frames()).hasSize(201);
    for (int i = 0; i < 200; i++) {
      assertThat(new BinaryReader(far(b).frames().get(i + 1)).i32()).isEqualTo(i);
    }
  }

  @Test
  void bandwidth_is_shared_by_all_connections_of_a_path() {
    world.link("a", "b", LinkProfile.ofLatency(Duration.ZERO).withBytesPerSecond(1_000_000));
    RecordingHandler first = a.dialAndGreet(b, "hello");
    RecordingHandler second = a.dialAndGreet(b, "hello");
    world.runUntil("both are there", () -> b.accepted().size() == 2, SECOND);
    world.run(SECOND);
    Duration start = world.now();
    first.connection().send(Frame.of(new byte[499_996]));
    second.connection().send(Frame.of(new byte[499_996]));
    world.runUntil(
        "both arrived",
        () -> b.accepted().stream().allMatch(h -> h.receivedCount() == 2),
        Duration.ofSeconds(5));
    assertThat(world.now().minus(start)).isEqualTo(SECOND);
  }

  @Test
  void a_short_cut_delays_frames_and_loses_none() {
    RecordingHandler near = connect();
    world.cut("a", "b");
    near.connection().send(text("during the cut"));
    far(b).connection().send(text("back"));
    world.run(Duration.ofSeconds(3));
    assertThat(far(b).receivedCount()).isEqualTo(1);
    world.mend("a", "b").run(Duration.ofSeconds(2));
    assertThat(far(b).receivedCount()).isEqualTo(2);
    assertThat(near.receivedCount()).isEqualTo(1);
    world.run(Duration.ofSeconds(60));
    assertThat(near.isClosed()).isFalse();
    assertThat(far(b).isClosed()).isFalse();
  }

  @Test
  void a_frame_under_way_when_the_cut_comes_arrives_after_it() {
    world.links(LinkProfile.ofLatency(Duration.ofMillis(100)));
    RecordingHandler near = connect();
    near.connection().send(text("under way"));
    world.run(Duration.ofMillis(50)).cut("a", "b").run(SECOND);
    assertThat(far(b).receivedCount()).isEqualTo(1);
    world.heal().run(Duration.ofSeconds(2));
    assertThat(far(b).receivedCount()).isEqualTo(2);
  }

  @Test
  void a_long_cut_ends_the_connection_for_both_by_their_idle_time() {
    RecordingHandler near = connect();
    world.idleTimeout(Duration.ofSeconds(2)).cut("a", "b");
    world.run(Duration.ofMillis(1_900));
    assertThat(near.isClosed()).isFalse();
    world.run(Duration.ofMillis(200));
    assertThat(isLost(near)).isTrue();
    assertThat(isLost(far(b))).isTrue();
  }

  @Test
  void behind_a_one_way_cut_the_deaf_side_gives_up_first_and_the_other_when_it_is_gone() {
    RecordingHandler near = connect();
    world.cutOneWay("a", "b");
    far(b).connection().send(text("still heard"));
    world.run(Duration.ofMillis(4_900));
    assertThat(near.receivedCount()).isEqualTo(1);
    assertThat(far(b).isClosed()).isFalse();
    world.run(Duration.ofMillis(200));
    assertThat(isLost(far(b))).isTrue();
    assertThat(near.isClosed()).isFalse();
    world.run(Duration.ofSeconds(5));
    assertThat(isLost(near)).isTrue();
  }

  @Test
  void a_partition_parts_the_sides_and_heals() {
    TestPeer c = TestPeer.on(world, "c");
    RecordingHandler near = connect();
    world.partition(Set.of("a", "c"));
    RecordingHandler inside = a.dialAndGreet(c, "inside");
    RecordingHandler across = a.dialAndGreet(b, "across");
    world.run(Duration.ofSeconds(6));
    assertThat(inside.isOpened()).isTrue();
    assertThat(across.reason().is(CloseReason.TIMED_OUT)).isTrue();
    assertThat(across.isOpened()).isFalse();
    assertThat(isLost(near)).isTrue();
    world.heal();
    RecordingHandler again = a.dialAndGreet(b, "again");
    world.run(SECOND);
    assertThat(again.isOpened()).isTrue();
  }

  @Test
  void an_isolated_node_reaches_nobody_but_itself() {
    world.isolate("a");
    RecordingHandler out = a.dialAndGreet(b, "out");
    RecordingHandler self = a.dialAndGreet(a, "self");
    world.run(Duration.ofSeconds(4));
    assertThat(out.isOpened()).isFalse();
    assertThat(self.isOpened()).isTrue();
    assertThat(far(a).receivedCount()).isEqualTo(1);
  }

  @Test
  void a_dial_during_a_short_cut_succeeds_after_it() {
    world.cut("a", "b");
    RecordingHandler near = a.dialAndGreet(b, "hello");
    world.run(SECOND).heal().run(Duration.ofSeconds(2));
    assertThat(near.isOpened()).isTrue();
  }

  @Test
  void a_crash_is_silent_and_the_peer_finds_out_by_its_idle_time() {
    RecordingHandler near = connect();
    world.crash("b").run(Duration.ofMillis(4_900));
    assertThat(near.isClosed()).isFalse();
    world.run(Duration.ofMillis(200));
    assertThat(isLost(near)).isTrue();
    assertThat(far(b).isClosed()).isFalse();
  }

  @Test
  void a_noticed_crash_is_told_to_peers_at_once() {
    RecordingHandler near = connect();
    world.crashesAreNoticed(true).crash("b").run(Duration.ofMillis(5));
    assertThat(near.isClosed()).isTrue();
    assertThat(near.reason().is(CloseReason.CONNECTION_LOST)).isTrue();
  }

  @Test
  void a_node_that_stops_tells_its_peers_why_and_keeps_its_disk() {
    RecordingHandler near = connect();
    SimDisk.Slot<String> slot = world.node("b").disk().slot("kept", "nothing");
    slot.set("all");
    world.stop("b");
    assertThat(near.reason().is(CloseReason.GRACEFUL_SHUTDOWN)).isTrue();
    assertThat(world.node("b").isUp()).isFalse();
    assertThat(world.now()).isLessThan(SECOND);
    world.restart("b");
    assertThat(slot.get()).isEqualTo("all");
  }

  @Test
  void what_left_a_node_before_its_crash_still_arrives() {
    world.links(LinkProfile.ofLatency(Duration.ofMillis(100)));
    RecordingHandler near = connect();
    near.connection().send(text("last words"));
    world.run(Duration.ofMillis(1)).crash("a").run(SECOND);
    assertThat(far(b).receivedCount()).isEqualTo(2);
  }

  @Test
  void a_restarted_node_answers_at_its_old_address_as_the_same_peer() {
    RecordingHandler near = connect();
    world.crash("b").run(SECOND).restart("b");
    TestPeer again = TestPeer.on(world, "b");
    RecordingHandler second = a.dialAndGreet(again, "hello again");
    world.run(SECOND);
    assertThat(second.isOpened()).isTrue();
    assertThat(far(again).receivedCount()).isEqualTo(1);
    assertThat(near.isClosed()).isFalse();
    world.run(Duration.ofSeconds(5));
    assertThat(isLost(near)).isTrue();
    assertThat(second.isClosed()).isFalse();
  }

  @Test
  void a_short_pause_delays_and_a_long_one_loses_the_connection() {
    RecordingHandler near = connect();
    world.pause("b");
    near.connection().send(text("during the pause"));
    world.run(Duration.ofSeconds(4));
    assertThat(far(b).receivedCount()).isEqualTo(1);
    world.resume("b").run(SECOND);
    assertThat(far(b).receivedCount()).isEqualTo(2);
    world.pause("b").run(Duration.ofSeconds(6));
    assertThat(isLost(near)).isTrue();
    assertThat(far(b).isClosed()).isFalse();
    world.resume("b").run(Duration.ofSeconds(6));
    assertThat(isLost(far(b))).isTrue();
  }

  @Test
  void a_close_that_can_not_be_told_ends_this_side_soon_and_the_other_by_its_idle_time() {
    RecordingHandler near = connect();
    world.cut("a", "b");
    near.connection().close(CloseReason.SUCCESS);
    world.run(Duration.ofMillis(1_100));
    assertThat(near.reason().is(CloseReason.SUCCESS)).isTrue();
    world.run(Duration.ofSeconds(5));
    assertThat(isLost(far(b))).isTrue();
  }

  @Test
  void a_close_to_a_side_that_does_not_read_ends_in_the_end() {
    RecordingHandler near = connect();
    far(b).connection().setReading(false);
    near.connection().send(text("never read"));
    near.connection().close(CloseReason.CANCELLED);
    world.run(Duration.ofSeconds(3));
    assertThat(near.reason().is(CloseReason.CANCELLED)).isTrue();
    assertThat(far(b).reason().is(CloseReason.CANCELLED)).isTrue();
    assertThat(far(b).receivedCount()).isEqualTo(1);
  }

  @Test
  void an_unknown_host_is_no_connection() {
    var near = new RecordingHandler();
    a.endpoint().dial(new Address("nowhere", 4000), null, TestPeer.ALPN, 100, near);
    world.run(Duration.ofSeconds(4));
    assertThat(near.reason().is(CloseReason.TIMED_OUT)).isTrue();
  }

  @Test
  void a_quiet_connection_lives_on() {
    RecordingHandler near = connect();
    world.run(Duration.ofHours(1));
    near.connection().send(text("still there"));
    world.run(SECOND);
    assertThat(far(b).receivedCount()).isEqualTo(2);
  }
}

package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.streams.flow.SubscriptionPlan.Effect;
import io.mosaik.streams.flow.SubscriptionPlan.State;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionPlanTest {

  private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();

  private final SubscriptionPlan plan =
      new SubscriptionPlan(
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60)), new SplittableRandom(1));
  private final PeerId p = peer(1);

  private static PeerId peer(int number) {
    var bytes = new byte[PeerId.LENGTH];
    bytes[0] = (byte) (number >> 8);
    bytes[1] = (byte) number;
    return PeerId.ofBytes(bytes);
  }

  private static PeerEntry entry(PeerId peer, long start, long update, String... hosts) {
    return new PeerEntry(
        PeerEntry.PROTOCOL_VERSION,
        NetworkId.of("test"),
        peer,
        new EntryVersion(start, update),
        List.of(hosts).stream().map(host -> new Address(host, 4000)).toList(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        List.of());
  }

  private PeerEntry entry(long update) {
    return entry(p, 1, update, "a");
  }

  private static boolean dials(List<Effect> effects) {
    return effects.stream().anyMatch(Effect.Dial.class::isInstance);
  }

  private void connect() {
    assertThat(dials(plan.candidate(entry(1), true, 0))).isTrue();
    plan.connected(p, 0);
    assertThat(plan.state(p)).isEqualTo(State.CONNECTED);
  }

  @Test
  void a_wanted_producer_is_dialled_once_it_has_an_address() {
    assertThat(plan.candidate(entry(p, 1, 1), true, 0)).isEmpty();
    assertThat(plan.candidate(entry(p, 1, 2, "a"), true, 0))
        .contains(new Effect.Dial(entry(p, 1, 2, "a")));
    assertThat(dials(plan.candidate(entry(p, 1, 3, "a"), true, 0))).isFalse();
    assertThat(plan.state(p)).isEqualTo(State.CONNECTING);
  }

  @Test
  void an_unwanted_producer_is_left_alone_and_let_go_when_it_becomes_unwanted() {
    assertThat(plan.candidate(entry(1), false, 0)).isEmpty();
    assertThat(plan.state(p)).isNull();
    connect();
    assertThat(plan.candidate(entry(2), false, 0))
        .containsExactly(new Effect.Close(p, CloseReason.CANCELLED));
    assertThat(plan.state(p)).isEqualTo(State.LEAVING);
    plan.closed(p, CloseReason.CANCELLED, 0);
    assertThat(plan.state(p)).isNull();
    assertThat(dials(plan.candidate(entry(3), true, 0))).isTrue();
  }

  @Test
  void wanted_again_while_it_is_let_go_it_is_dialled_after_that() {
    connect();
    plan.candidate(entry(2), false, 0);
    assertThat(dials(plan.candidate(entry(3), true, 0))).isFalse();
    assertThat(dials(plan.closed(p, CloseReason.CANCELLED, 0))).isTrue();
  }

  @Test
  void who_does_not_know_us_is_synced_with_and_tried_again_at_once() {
    plan.candidate(entry(1), true, 0);
    assertThat(plan.closed(p, CloseReason.UNKNOWN_PEER, 0)).startsWith(new Effect.Sync(entry(1)));
    assertThat(plan.state(p)).isEqualTo(State.SYNCING);
    assertThat(dials(plan.synced(p, true, 0))).isTrue();
    plan.closed(p, CloseReason.UNKNOWN_PEER, 0);
    assertThat(dials(plan.synced(p, true, 0))).isFalse();
    assertThat(plan.state(p)).isEqualTo(State.BACKING_OFF);
  }

  @Test
  void a_sync_that_fails_or_never_ends_is_followed_by_a_wait() {
    plan.candidate(entry(1), true, 0);
    plan.closed(p, CloseReason.UNKNOWN_PEER, 0);
    plan.synced(p, false, 0);
    assertThat(plan.state(p)).isEqualTo(State.BACKING_OFF);
    assertThat(dials(plan.tick(2 * SECOND_NS))).isTrue();
    plan.closed(p, CloseReason.UNKNOWN_PEER, 2 * SECOND_NS);
    plan.tick(20 * SECOND_NS);
    assertThat(plan.state(p)).isEqualTo(State.BACKING_OFF);
  }

  @ParameterizedTest
  @ValueSource(longs = {10_403, 10_404, 204, 101, 400, 100, 403})
  void what_only_a_change_can_mend_waits_for_the_producers_next_entry(long code) {
    plan.candidate(entry(1), true, 0);
    plan.closed(p, new CloseReason(code, "no"), 0);
    assertThat(plan.state(p)).isEqualTo(State.WAITING);
    assertThat(plan.tick(3_600 * SECOND_NS)).isEmpty();
    assertThat(dials(plan.candidate(entry(1), true, 0))).isFalse();
    assertThat(dials(plan.candidate(entry(2), true, 0))).isTrue();
  }

  @Test
  void a_change_that_came_during_the_dial_counts() {
    plan.candidate(entry(1), true, 0);
    plan.candidate(entry(2), true, 0);
    assertThat(dials(plan.closed(p, StreamCloseReasons.NOT_FOUND, 0))).isTrue();
  }

  @Test
  void after_a_shutdown_only_entries_that_come_later_count() {
    connect();
    plan.candidate(entry(2), true, 0);
    assertThat(dials(plan.closed(p, CloseReason.GRACEFUL_SHUTDOWN, 0))).isFalse();
    assertThat(dials(plan.candidate(entry(3), true, 0))).isTrue();
  }

  @Test
  void who_was_not_allowed_tries_again_when_its_own_entry_changes() {
    plan.candidate(entry(1), true, 0);
    plan.closed(p, StreamCloseReasons.NOT_ALLOWED, 0);
    assertThat(dials(plan.selfChanged(0))).isTrue();
    plan.closed(p, StreamCloseReasons.NOT_FOUND, 0);
    assertThat(dials(plan.selfChanged(0))).isFalse();
  }

  @Test
  void who_was_judged_by_what_its_entry_was_when_it_dialled_tries_again_at_once() {
    plan.candidate(entry(1), true, 0);
    assertThat(dials(plan.selfChanged(0))).as("the answer is on its way").isFalse();
    assertThat(dials(plan.closed(p, StreamCloseReasons.NOT_ALLOWED, 0))).isTrue();
    assertThat(dials(plan.closed(p, StreamCloseReasons.NOT_ALLOWED, 0))).isFalse();
    assertThat(plan.state(p)).isEqualTo(State.WAITING);
  }

  @ParameterizedTest
  @ValueSource(longs = {10_509, 10_413, 102, 1, 2, 77_777})
  void everything_else_is_tried_again_after_waits_that_grow(long code) {
    plan.candidate(entry(1), true, 0);
    long nowNs = 0;
    for (int failures = 1; failures <= 12; failures++) {
      plan.closed(p, new CloseReason(code, "no"), nowNs);
      long waitNs = 0;
      while (!dials(plan.tick(nowNs + waitNs))) {
        waitNs += SECOND_NS / 100;
      }
      long fullNs = Math.min(60, 1L << (failures - 1)) * SECOND_NS;
      assertThat(waitNs).isBetween(fullNs / 2, fullNs + SECOND_NS / 100);
      nowNs += waitNs;
    }
  }

  @Test
  void it_asks_to_be_woken_when_the_next_thing_is_due() {
    List<Effect> dialled = plan.candidate(entry(1), true, 0);
    assertThat(dialled).contains(new Effect.WakeAt(15 * SECOND_NS));
    List<Effect> closed = plan.closed(p, CloseReason.CONNECTION_LOST, 0);
    assertThat(closed).hasSize(1);
    assertThat(((Effect.WakeAt) closed.get(0)).timeNs()).isBetween(SECOND_NS / 2, SECOND_NS);
  }

  @Test
  void the_waits_start_afresh_once_data_was_carried() {
    plan.candidate(entry(1), true, 0);
    for (int i = 0; i < 5; i++) {
      plan.closed(p, CloseReason.CONNECTION_LOST, 0);
      plan.tick(100 * SECOND_NS);
    }
    plan.connected(p, 0);
    plan.carried(p);
    plan.closed(p, CloseReason.CONNECTION_LOST, 0);
    assertThat(dials(plan.tick(SECOND_NS))).isTrue();
  }

  @Test
  void a_producer_that_restarted_or_moved_is_tried_at_once() {
    plan.candidate(entry(p, 1, 1, "a"), true, 0);
    plan.closed(p, CloseReason.CONNECTION_LOST, 0);
    assertThat(dials(plan.candidate(entry(p, 1, 2, "a"), true, 0))).isFalse();
    assertThat(dials(plan.candidate(entry(p, 1, 3, "b"), true, 0))).isTrue();
    plan.closed(p, CloseReason.CONNECTION_LOST, 0);
    assertThat(dials(plan.candidate(entry(p, 2, 1, "b"), true, 0))).isTrue();
  }

  @Test
  void a_dial_that_is_not_answered_is_given_up() {
    plan.candidate(entry(1), true, 0);
    assertThat(plan.tick(15 * SECOND_NS)).contains(new Effect.Close(p, CloseReason.TIMED_OUT));
    plan.closed(p, CloseReason.TIMED_OUT, 15 * SECOND_NS);
    assertThat(plan.state(p)).isEqualTo(State.BACKING_OFF);
  }

  @Test
  void a_producer_that_is_gone_is_forgotten_but_its_link_may_live() {
    connect();
    assertThat(plan.gone(p, 0)).isEmpty();
    assertThat(plan.state(p)).isEqualTo(State.CONNECTED);
    plan.closed(p, CloseReason.CONNECTION_LOST, 0);
    assertThat(plan.state(p)).isNull();
  }

  @Test
  void only_so_many_are_dialled_side_by_side() {
    int count = SubscriptionPlan.MAX_DIALS + 10;
    for (int i = 1; i <= count; i++) {
      plan.candidate(entry(peer(i), 1, 1, "a"), true, 0);
    }
    assertThat(plan.states().values())
        .filteredOn(state -> state == State.CONNECTING)
        .hasSize(SubscriptionPlan.MAX_DIALS);
    assertThat(dials(plan.connected(peer(1), 0))).isTrue();
    assertThat(dials(plan.closed(peer(2), CloseReason.CONNECTION_LOST, 0))).isTrue();
  }

  @Test
  void a_closed_consumer_lets_go_of_all_and_dials_nobody_more() {
    connect();
    plan.candidate(entry(peer(2), 1, 1, "b"), true, 0);
    assertThat(plan.close(0))
        .containsExactly(
            new Effect.Close(p, CloseReason.CANCELLED),
            new Effect.Close(peer(2), CloseReason.CANCELLED));
    assertThat(plan.candidate(entry(peer(3), 1, 1, "c"), true, 0)).isEmpty();
    plan.closed(p, CloseReason.CANCELLED, 0);
    plan.closed(peer(2), CloseReason.CANCELLED, 0);
    assertThat(plan.states()).isEmpty();
  }
}

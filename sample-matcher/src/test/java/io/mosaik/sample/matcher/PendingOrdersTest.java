package io.mosaik.sample.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.sample.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PendingOrdersTest {

  private static final long MS = 1_000_000;
  private static final PendingOrders.Config CONFIG =
      new PendingOrders.Config(6, 3, 2, 1_000 * MS, 500 * MS);

  private final PendingOrders pending = new PendingOrders(CONFIG);
  private final TestOrders orders = new TestOrders();

  @Test
  void a_leader_submits_at_once_in_the_order_of_arrival() {
    pending.leadership(true, 0);
    List<Order> received = receive(4, 0);
    assertThat(pending.waitNs(0)).isZero();
    assertThat(pending.next(0)).isEqualTo(received.subList(0, 3));
    assertThat(pending.next(0)).isEqualTo(received.subList(3, 4));
    assertThat(pending.next(0)).isEmpty();
    assertThat(pending.size()).as("nothing is applied yet").isEqualTo(4);
  }

  @Test
  void the_others_leave_it_to_the_leader_for_a_while() {
    List<Order> received = receive(2, 0);
    assertThat(pending.next(999 * MS)).isEmpty();
    assertThat(pending.waitNs(400 * MS)).isEqualTo(600 * MS);
    pending.applied("a", 1);
    assertThat(pending.next(1_000 * MS)).isEqualTo(received.subList(1, 2));
  }

  @Test
  void an_applied_order_is_forgotten_and_never_submitted() {
    pending.leadership(true, 0);
    receive(2, 0);
    pending.applied("a", 1);
    pending.applied("a", 2);
    assertThat(pending.size()).isZero();
    assertThat(pending.next(0)).isEmpty();
    assertThat(pending.waitNs(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void an_order_applied_before_it_is_received_is_known() {
    pending.applied("a", 1);
    Order order = orders.buy("a", 1, 100, 1);
    assertThat(pending.add(order, 0)).isEqualTo(PendingOrders.Added.KNOWN);
    Order next = orders.buy("a", 2, 100, 1);
    assertThat(pending.add(next, 0)).isEqualTo(PendingOrders.Added.KEPT);
    assertThat(pending.add(next, 0)).isEqualTo(PendingOrders.Added.KNOWN);
  }

  @Test
  void a_full_one_says_so_and_has_room_again_when_an_order_is_applied() {
    receive(6, 0);
    Order seventh = orders.buy("a", 7, 100, 1);
    assertThat(pending.add(seventh, 0)).isEqualTo(PendingOrders.Added.FULL);
    pending.applied("a", 3);
    assertThat(pending.add(seventh, 0)).isEqualTo(PendingOrders.Added.KEPT);
  }

  @Test
  void no_more_than_so_many_batches_are_in_flight() {
    pending.leadership(true, 0);
    receive(6, 0);
    List<Order> first = pending.next(0);
    pending.next(0);
    pending.applied("a", 1);
    pending.add(orders.buy("a", 7, 100, 1), 0);
    assertThat(pending.next(0)).isEmpty();
    assertThat(pending.waitNs(0)).isEqualTo(Long.MAX_VALUE);
    pending.answered(first, 0);
    assertThat(pending.next(0)).hasSize(1);
  }

  @Test
  void what_an_answer_leaves_unapplied_is_tried_again() {
    pending.leadership(true, 0);
    List<Order> received = receive(2, 0);
    List<Order> batch = pending.next(0);
    pending.applied("a", 2);
    pending.answered(batch, 10 * MS);
    assertThat(pending.next(509 * MS)).isEmpty();
    assertThat(pending.next(510 * MS)).isEqualTo(received.subList(0, 1));
  }

  @Test
  void a_new_leader_submits_everything_that_waits_at_once() {
    List<Order> received = receive(2, 0);
    pending.leadership(true, 100 * MS);
    assertThat(pending.next(100 * MS)).isEqualTo(received);
  }

  @Test
  void who_loses_the_lead_gives_the_next_leader_its_chance() {
    pending.leadership(true, 0);
    List<Order> received = receive(2, 0);
    pending.leadership(false, 100 * MS);
    assertThat(pending.next(1_099 * MS)).isEmpty();
    assertThat(pending.next(1_100 * MS)).isEqualTo(received);
  }

  /**
   * Three matchers and one log, in which everything that may go wrong does: orders reach some of
   * the matchers late or not at all, submissions are lost, answers are lost, leaders change, two of
   * the three die at any moment.
   */
  @Test
  void what_a_surviving_matcher_received_is_applied_once_whoever_dies_and_whenever() {
    for (long seed = 1; seed <= 300; seed++) {
      var random = new Random(seed);
      List<Order> log = new ArrayList<>();
      List<Matcher> alive = new ArrayList<>(List.of(new Matcher(), new Matcher(), new Matcher()));
      TreeSet<Long> owed = new TreeSet<>();
      var source = new TestOrders();
      Matcher survivor = alive.get(random.nextInt(3));
      long now = 0;
      for (int step = 0; step < 400; step++) {
        now += random.nextInt(50) * MS;
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3, 4 -> {
            Order order = source.buy("a", step + 1, 100, 1);
            for (Matcher matcher : alive) {
              if (random.nextInt(4) > 0 && matcher.receive(order, now) && matcher == survivor) {
                owed.add(order.sequence());
              }
            }
          }
          case 5 -> elect(alive, random.nextInt(alive.size() + 1), now);
          case 6 -> {
            Matcher victim = alive.get(random.nextInt(alive.size()));
            if (victim != survivor && random.nextInt(10) == 0) {
              alive.remove(victim);
            }
          }
          default -> {
            Matcher matcher = alive.get(random.nextInt(alive.size()));
            matcher.submit(log, random, now);
            matcher.applyUpTo(log, random.nextInt(log.size() + 1));
          }
        }
      }
      alive.removeIf(matcher -> matcher != survivor);
      for (int round = 0; round < 100; round++) {
        now += 1_500 * MS;
        elect(alive, 0, now);
        survivor.submit(log, null, now);
        survivor.applyUpTo(log, log.size());
      }

      assertThat(survivor.pending.size()).as("seed %s", seed).isZero();
      for (long sequence : owed) {
        assertThat(survivor.books.isApplied("a", sequence)).as("seed %s", seed).isTrue();
      }
      long different = log.stream().map(Order::sequence).distinct().count();
      assertThat(survivor.books.orders()).as("seed %s", seed).isEqualTo(different);
      assertThat(survivor.books.count(Outcome.DUPLICATE)).isEqualTo(log.size() - different);
    }
  }

  private static void elect(List<Matcher> alive, int leader, long now) {
    for (int i = 0; i < alive.size(); i++) {
      alive.get(i).pending.leadership(i == leader, now);
    }
  }

  private static final class Matcher {
    final PendingOrders pending = new PendingOrders(CONFIG);
    final OrderBooks books = new OrderBooks();
    private int appliedEntries;

    boolean receive(Order order, long now) {
      return pending.add(order, now) != PendingOrders.Added.FULL;
    }

    /** With a random, the submission may be lost; the answer is the same either way. */
    void submit(List<Order> log, @Nullable Random random, long now) {
      List<Order> batch = pending.next(now);
      if (!batch.isEmpty()) {
        if (random == null || random.nextInt(3) > 0) {
          log.addAll(batch);
        }
        pending.answered(batch, now);
      }
    }

    void applyUpTo(List<Order> log, int end) {
      for (; appliedEntries < end; appliedEntries++) {
        Order order = log.get(appliedEntries);
        books.apply(order, fill -> {});
        pending.applied(order.trader(), order.sequence());
      }
    }
  }

  private List<Order> receive(int count, long now) {
    List<Order> received = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Order order = orders.buy("a", i, 100, 1);
      assertThat(pending.add(order, now)).isEqualTo(PendingOrders.Added.KEPT);
      received.add(order);
    }
    return received;
  }
}

package io.mosaik.streams;

import static io.mosaik.streams.criteria.Criteria.where;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Consumers that share the datums of a producer, in a simulated world. */
class ShareWorldTest {

  private final StreamWorld world = new StreamWorld(5);
  private final StreamWorld.Node producing = world.start("p");

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("jobs")
  record Job(int number) {}

  private ProducerBuilder<Job> producer() {
    return producing.streams().producer(Job.class).slowConsumers(SlowConsumerPolicy.BLOCK);
  }

  /**
   * A consumer that shares as "work", and takes a datum each time that it has worked for so long.
   */
  private static final class Worker {

    private final Consumer<Job> consumer;
    private final Strand strand;
    private final Duration each;
    private final List<Integer> done = new ArrayList<>();
    private boolean stalled;

    Worker(StreamWorld.Node node, int buffer, Duration each) {
      this.each = each;
      strand = node.host().platform().newStrand("worker");
      consumer = node.streams().consumer(Job.class).shared("work").bufferSize(buffer).build();
      strand.execute(this::work);
    }

    private void work() {
      Received<Job> next = stalled ? null : consumer.tryReceive();
      if (next != null) {
        done.add(next.datum().number());
      }
      strand.schedule(each, this::work);
    }
  }

  private Worker worker(String name, int buffer, int eachMs) {
    return new Worker(world.start(name), buffer, Duration.ofMillis(eachMs));
  }

  private static List<Integer> range(int from, int end) {
    return IntStream.range(from, end).boxed().toList();
  }

  private static void send(Producer<Job> producer, int from, int end) {
    producer.sendAll(range(from, end).stream().map(Job::new).toList(), Duration.ofMinutes(5));
  }

  private static List<Integer> doneBy(Worker... workers) {
    return Stream.of(workers).flatMap(worker -> worker.done.stream()).toList();
  }

  @Test
  void each_datum_goes_to_one_of_those_who_share_and_to_all_who_dont() {
    Producer<Job> producer = producer().build();
    Worker a = worker("a", 8, 1);
    Worker b = worker("b", 8, 1);
    Worker c = worker("c", 8, 1);
    var everything = new ArrayList<Integer>();
    world
        .start("d")
        .streams()
        .consume(Job.class)
        .listen(next -> everything.add(next.datum().number()));
    producer.when().subscribed().minimumOf(4).await();
    var heard = producer.sendAsync(new Job(0));
    send(producer, 1, 300);
    world.run(Duration.ofSeconds(2));

    assertThat(heard).isCompletedWithValue(2); // the group, and who doesn't share
    assertThat(everything).isEqualTo(range(0, 300));
    assertThat(doneBy(a, b, c)).containsExactlyInAnyOrderElementsOf(range(0, 300));
    for (Worker worker : List.of(a, b, c)) {
      assertThat(worker.done).isSorted().hasSizeBetween(90, 110);
      assertThat(worker.consumer.stats().gaps()).isZero();
    }
    assertThat(producer.shareGroups()).containsExactly(new ShareGroupInfo("work", 3, 0, 0, 0, 0));
  }

  @Test
  void who_works_slower_gets_less_and_nobody_waits_for_it() {
    Producer<Job> producer = producer().build();
    Worker quick = worker("quick", 4, 1);
    Worker slow = worker("slow", 4, 50);
    producer.when().subscribed().minimumOf(2).await();
    for (int i = 0; i < 500; i++) {
      producer.send(new Job(i));
      world.run(Duration.ofMillis(2));
    }
    world.run(Duration.ofSeconds(1));
    assertThat(doneBy(quick, slow)).containsExactlyInAnyOrderElementsOf(range(0, 500));
    assertThat(slow.done).hasSizeLessThan(60);
  }

  @Test
  void what_a_member_that_dies_had_not_taken_goes_to_the_others() {
    Producer<Job> producer = producer().build();
    Worker dies = worker("dies", 16, 1);
    Worker lives = worker("lives", 16, 1);
    producer.when().subscribed().minimumOf(2).await();
    dies.stalled = true;
    send(producer, 0, 100);
    world.run(Duration.ofSeconds(1));
    assertThat(dies.done).isEmpty();
    assertThat(producer.shareGroups().get(0).outstanding()).isEqualTo(16);

    world.world().crash("dies");
    world.run(Duration.ofSeconds(20));
    assertThat(lives.done).containsExactlyInAnyOrderElementsOf(range(0, 100));
    assertThat(lives.consumer.stats().missed()).isZero();
    assertThat(producer.shareGroups().get(0)).isEqualTo(new ShareGroupInfo("work", 1, 0, 0, 16, 0));
  }

  @Test
  void a_member_that_leaves_in_order_loses_nothing_and_doubles_nothing() {
    Producer<Job> producer = producer().build();
    var workers = new ArrayList<Worker>();
    for (int i = 0; i < 4; i++) {
      workers.add(worker("w" + i, 16, 5));
    }
    producer.when().subscribed().minimumOf(4).await();
    for (int i = 0; i < 400; i++) {
      producer.send(new Job(i));
      world.run(Duration.ofMillis(1));
      if (i % 100 == 50) {
        workers.get(i / 100).consumer.close();
        workers.add(worker("w" + (4 + i / 100), 16, 5));
      }
    }
    world.run(Duration.ofSeconds(5));
    assertThat(doneBy(workers.toArray(Worker[]::new)))
        .containsExactlyInAnyOrderElementsOf(range(0, 400));
    assertThat(producer.shareGroups().get(0).handedOver()).isPositive();
  }

  @Test
  void who_is_cut_off_gives_up_what_it_has_not_taken() {
    Producer<Job> producer = producer().build();
    Worker cut = worker("cut", 16, 1);
    Worker other = worker("other", 16, 1);
    producer.when().subscribed().minimumOf(2).await();
    cut.stalled = true;
    send(producer, 0, 100);
    world.world().cut("cut", "p");
    world.run(Duration.ofSeconds(20));
    cut.stalled = false;
    world.world().mend("cut", "p");
    world.run(Duration.ofSeconds(20));
    send(producer, 100, 200);
    world.run(Duration.ofSeconds(5));
    assertThat(doneBy(cut, other)).containsExactlyInAnyOrderElementsOf(range(0, 200));
    assertThat(cut.done).isNotEmpty().allMatch(number -> number >= 100);
    assertThat(cut.consumer.stats().gaps()).isZero();
  }

  @Test
  void the_only_member_finds_what_waited_when_it_comes_back_within_a_minute() {
    Producer<Job> producer = producer().build();
    Worker first = worker("w", 16, 1);
    producer.when().subscribed().await();
    first.stalled = true;
    send(producer, 0, 30);
    world.run(Duration.ofMillis(100));
    world.world().crash("w");
    world.run(Duration.ofSeconds(30));
    world.world().restart("w");
    Worker again = worker("w", 16, 1);
    world.run(Duration.ofSeconds(20));
    assertThat(again.done).isEqualTo(range(0, 30));
  }

  @Test
  void what_nobody_comes_back_for_is_given_back_and_counted() {
    var unheard = new ArrayList<Integer>();
    Producer<Job> producer = producer().undelivered(job -> unheard.add(job.number())).build();
    Worker worker = worker("w", 4, 1);
    producer.when().subscribed().await();
    worker.stalled = true;
    send(producer, 0, 10);
    world.run(Duration.ofMillis(100));
    worker.consumer.close();
    world.run(Duration.ofMinutes(3));
    assertThat(unheard).isEqualTo(range(0, 10));
    assertThat(producer.stats().dropped()).isEqualTo(10);
    assertThat(producer.shareGroups()).isEmpty();
  }

  @Test
  void members_may_want_different_datums() {
    Producer<Job> producer = producer().build();
    var small = world.start("small").streams().consumer(Job.class).shared("work");
    var large = world.start("large").streams().consumer(Job.class).shared("work");
    Consumer<Job> below = small.criteria(where("number").lessThan(60)).build();
    Consumer<Job> above = large.criteria(where("number").atLeast(40)).build();
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 0, 100);
    world.run(Duration.ofSeconds(1));
    List<Job> ofBelow = StreamWorld.drain(below);
    List<Job> ofAbove = StreamWorld.drain(above);
    assertThat(ofBelow).isNotEmpty().allMatch(job -> job.number() < 60);
    assertThat(ofAbove).isNotEmpty().allMatch(job -> job.number() >= 40);
    assertThat(Stream.of(ofBelow, ofAbove).flatMap(List::stream).map(Job::number))
        .containsExactlyInAnyOrderElementsOf(range(0, 100));
  }

  @Test
  void groups_of_different_names_each_get_everything() {
    Producer<Job> producer = producer().build();
    var node = world.start("n");
    Consumer<Job> work = node.streams().consumer(Job.class).shared("work").build();
    Consumer<Job> audit = node.streams().consumer(Job.class).shared("audit").build();
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 0, 20);
    world.run(Duration.ofSeconds(1));
    assertThat(StreamWorld.drain(work)).hasSize(20);
    assertThat(StreamWorld.drain(audit)).hasSize(20);
    assertThat(producer.shareGroups())
        .extracting(ShareGroupInfo::name)
        .containsExactly("audit", "work");
  }

  @Test
  void a_producer_that_is_closed_hands_over_what_waits_and_members_keep_what_they_have() {
    Producer<Job> producer = producer().build();
    Worker a = worker("a", 4, 10);
    Worker b = worker("b", 4, 10);
    producer.when().subscribed().minimumOf(2).await();
    send(producer, 0, 100);
    producer.close();
    world.run(Duration.ofSeconds(5));
    assertThat(doneBy(a, b)).containsExactlyInAnyOrderElementsOf(range(0, 100));
    assertThat(producer.stats().dropped()).isZero();
  }

  @Test
  void a_group_of_which_all_are_too_slow_meets_the_producers_policy() {
    var unheard = new ArrayList<Integer>();
    Producer<Job> producer =
        producing
            .streams()
            .producer(Job.class)
            .bufferSize(8)
            .slowConsumers(SlowConsumerPolicy.DROP_OLDEST)
            .undelivered(job -> unheard.add(job.number()))
            .build();
    Worker a = worker("a", 4, 1);
    Worker b = worker("b", 4, 1);
    producer.when().subscribed().minimumOf(2).await();
    a.stalled = true;
    b.stalled = true;
    for (int i = 0; i < 30; i++) {
      producer.send(new Job(i));
      world.run(Duration.ofMillis(1));
    }
    a.stalled = false;
    b.stalled = false;
    world.run(Duration.ofSeconds(1));
    assertThat(unheard).isEqualTo(range(8, 22));
    assertThat(producer.stats().dropped()).isEqualTo(14);
    var rest = new ArrayList<>(range(0, 8));
    rest.addAll(range(22, 30));
    assertThat(doneBy(a, b)).containsExactlyInAnyOrderElementsOf(rest);
    assertThat(a.consumer.stats().gaps() + b.consumer.stats().gaps()).isZero();
  }

  @Test
  void a_group_that_is_disconnected_comes_back_with_what_it_had() {
    Producer<Job> producer = producing.streams().producer(Job.class).bufferSize(8).build();
    Worker a = worker("a", 4, 1);
    Worker b = worker("b", 4, 1);
    producer.when().subscribed().minimumOf(2).await();
    a.stalled = true;
    b.stalled = true;
    for (int i = 0; i < 17; i++) {
      producer.send(new Job(i));
      world.run(Duration.ofMillis(1));
    }
    world.run(Duration.ofMillis(100));
    assertThat(a.consumer.producers().get(0).lastClose()).asString().contains("too slow");
    a.stalled = false;
    b.stalled = false;
    world.run(Duration.ofSeconds(5));
    assertThat(doneBy(a, b)).containsExactlyInAnyOrderElementsOf(range(0, 8));
    assertThat(producer.stats().dropped()).isEqualTo(9);
  }

  @Test
  void through_crashes_and_cuts_all_is_worked_off_while_one_lives() {
    for (int seed = 1; seed <= 5; seed++) {
      try (var run = new Faults(seed)) {
        run.go();
      }
    }
  }

  /** One member lives throughout; the others crash, are cut off, and come back. */
  private static final class Faults implements AutoCloseable {

    private final int seed;
    private final StreamWorld world;
    private final List<Integer> done = new ArrayList<>();
    private final List<String> down = new ArrayList<>();
    private final Producer<Job> producer;
    private int sent;

    Faults(int seed) {
      this.seed = seed;
      world = new StreamWorld(seed);
      producer =
          world
              .start("p")
              .streams()
              .producer(Job.class)
              .bufferSize(64)
              .slowConsumers(SlowConsumerPolicy.BLOCK)
              .build();
      for (String name : List.of("rock", "w0", "w1", "w2")) {
        join(name);
      }
      producer.when().subscribed().minimumOf(4).await();
    }

    private void join(String name) {
      world
          .start(name)
          .streams()
          .consumer(Job.class)
          .shared("work")
          .bufferSize(16)
          .build()
          .listen(next -> done.add(next.datum().number()));
    }

    void go() {
      var random = world.world().random();
      for (int step = 0; step < 80; step++) {
        String name = "w" + random.nextInt(3);
        if (down.remove(name)) {
          world.world().restart(name);
          join(name);
        } else if (random.nextInt(4) == 0) {
          world.world().crash(name);
          down.add(name);
        } else if (random.nextInt(3) == 0) {
          world.world().cut(name, "p");
        } else {
          world.world().mend(name, "p");
        }
        for (int count = random.nextInt(1, 60); count > 0; count--) {
          sent += producer.trySend(new Job(sent)).isSent() ? 1 : 0;
        }
        world.run(Duration.ofMillis(random.nextInt(1, 1_500)));
      }
      world.world().heal();
      world.run(Duration.ofMinutes(1));
      assertThat(sent).isGreaterThan(500);
      assertThat(done.stream().distinct().sorted().toList())
          .as("seed %d", seed)
          .isEqualTo(range(0, sent));
      assertThat(requireNonNull(producer.shareGroups().get(0)).handedOver()).isPositive();
    }

    @Override
    public void close() {
      world.close();
    }
  }

  @Test
  void each_member_counts_as_a_consumer_and_names_are_checked() {
    Producer<Job> producer = producer().maxConsumers(1).build();
    Worker first = worker("a", 4, 1);
    producer.when().subscribed().await();
    Worker second = worker("b", 4, 1);
    world.run(Duration.ofSeconds(5));
    assertThat(second.consumer.refusals().get(Refusal.NO_CAPACITY)).isPositive();
    assertThat(first.consumer.refusals().get(Refusal.NO_CAPACITY)).isZero();
    assertThatThrownBy(() -> producing.streams().consumer(Job.class).shared(""))
        .hasMessageContaining("1 to 256");
  }

  @Test
  void who_shares_can_not_say_where_it_begins() {
    ConsumerBuilder<Job> sharing = producing.streams().consumer(Job.class).shared("work");
    assertThatThrownBy(() -> sharing.from(Start.EARLIEST).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shares as 'work' begins with what is new");
    assertThatThrownBy(() -> sharing.from(Start.NOW).resume(false).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("resume(false)");
    sharing.resume(true).build().close();
  }
}

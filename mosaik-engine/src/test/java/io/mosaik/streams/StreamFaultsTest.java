package io.mosaik.streams;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Streams under random faults; a failing seed is in the message and replays. */
class StreamFaultsTest {

  private static final int SEEDS = 10;
  private static final List<String> PRODUCERS = List.of("p0", "p1");
  private static final List<String> CONSUMERS = List.of("c0", "c1");

  /** A datum that says where it comes from: which life of which producer, and its place in it. */
  @Datum("pulses")
  record Pulse(String producer, int life, int number) {

    Pulse before() {
      return new Pulse(producer, life, number - 1);
    }
  }

  @Test
  void through_cuts_every_datum_is_received_once_in_order_or_counted_as_missed() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try (var run = new Run(seed)) {
        run.world.run(Duration.ofSeconds(3));
        for (int step = 0; step < 100; step++) {
          run.cutOrMend();
          run.sendSome();
        }
        run.settle();
        run.sendSome();
        run.world.run(Duration.ofSeconds(2));
        int sent = run.sent.values().stream().mapToInt(Integer::intValue).sum();
        for (Sink sink : run.sinks.values()) {
          assertThat(sink.pulses.size() + sink.consumer.stats().missed())
              .as("received and missed of %s, seed %d", sent, seed)
              .isEqualTo(sent);
        }
      }
    }
  }

  @Test
  void through_crashes_and_restarts_order_holds_and_all_find_each_other_again() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try (var run = new Run(seed)) {
        run.world.run(Duration.ofSeconds(3));
        for (int step = 0; step < 60; step++) {
          run.cutOrMend();
          run.crashOrRestart();
          run.sendSome();
        }
        run.settle();
        run.sendSome();
        run.world.run(Duration.ofSeconds(2));
        for (Sink sink : run.sinks.values()) {
          for (String producer : PRODUCERS) {
            Pulse last = run.next(producer).before();
            assertThat(sink.last.get(producer)).as("seed %d", seed).isEqualTo(last);
          }
        }
      }
    }
  }

  @Test
  void where_the_past_holds_everything_nothing_is_lost_or_repeated_whatever_happens() {
    long resumed = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      try (var run = new Run(seed, true)) {
        run.world.run(Duration.ofSeconds(3));
        for (int step = 0; step < 60; step++) {
          run.cutOrMend();
          run.crashOrRestart();
          run.sendSome();
        }
        run.settle();
        run.sendSome();
        run.world.run(Duration.ofSeconds(5));
        for (Sink sink : run.sinks.values()) {
          sink.checkNothingIsMissing(seed);
          for (String producer : PRODUCERS) {
            Pulse last = run.next(producer).before();
            assertThat(sink.last.get(producer)).as("seed %d", seed).isEqualTo(last);
          }
          assertThat(sink.consumer.stats().missed()).as("seed %d", seed).isZero();
        }
        for (Producer<Pulse> producer : run.producers.values()) {
          resumed += producer.stats().replayed();
        }
      }
    }
    assertThat(resumed).as("something was replayed").isGreaterThan(1_000);
  }

  /** What one consumer received, checked as it comes. */
  private static final class Sink {

    private final Consumer<Pulse> consumer;
    private final List<Pulse> pulses = new ArrayList<>();
    private final Map<String, Pulse> last = new LinkedHashMap<>();

    Sink(Consumer<Pulse> consumer, long seed) {
      this.consumer = consumer;
      consumer.listen(next -> {
        Pulse pulse = next.datum();
        Pulse before = last.put(pulse.producer(), pulse);
        if (before != null && before.life() == pulse.life()) {
          assertThat(pulse.number()).as("seed %d", seed).isGreaterThan(before.number());
        }
        if (before != null) {
          assertThat(pulse.life()).as("seed %d", seed).isGreaterThanOrEqualTo(before.life());
        }
        pulses.add(pulse);
      });
    }

    /** Of each life of each producer it has the beginning without holes, in order. */
    void checkNothingIsMissing(long seed) {
      var next = new LinkedHashMap<String, Pulse>();
      for (Pulse pulse : pulses) {
        Pulse expected = next.get(pulse.producer());
        if (expected == null || expected.life() < pulse.life()) {
          expected = new Pulse(pulse.producer(), pulse.life(), 0);
        }
        assertThat(pulse).as("seed %d", seed).isEqualTo(expected);
        next.put(pulse.producer(), new Pulse(pulse.producer(), pulse.life(), pulse.number() + 1));
      }
    }
  }

  private static final class Run implements AutoCloseable {

    private final long seed;
    private final boolean keeps;
    private final StreamWorld world;
    private final RandomGenerator random;
    private final Map<String, Producer<Pulse>> producers = new LinkedHashMap<>();
    private final Map<String, Integer> lives = new LinkedHashMap<>();
    private final Map<String, Integer> sent = new LinkedHashMap<>();
    private final Map<String, Sink> sinks = new LinkedHashMap<>();
    private final List<String> down = new ArrayList<>();

    Run(long seed) {
      this(seed, false);
    }

    Run(long seed, boolean keeps) {
      this.seed = seed;
      this.keeps = keeps;
      world = new StreamWorld(seed);
      random = world.world().random();
      PRODUCERS.forEach(this::startProducer);
      CONSUMERS.forEach(this::startConsumer);
    }

    private void startProducer(String name) {
      var node = world.start(name);
      producers.put(
          name,
          node.streams()
              .producer(Pulse.class)
              .bufferSize(64)
              .replay(keeps ? Replay.last(100_000) : Replay.NONE)
              .onlineWhen(condition -> condition.minimumOf(0))
              .build());
      lives.merge(name, 1, Integer::sum);
      sent.put(name, 0);
    }

    private void startConsumer(String name) {
      var node = world.start(name);
      sinks.put(
          name,
          new Sink(
              node.streams().consumer(Pulse.class).bufferSize(32).from(Start.EARLIEST).build(),
              seed));
    }

    private String any(List<String> names) {
      return names.get(random.nextInt(names.size()));
    }

    void cutOrMend() {
      String producer = any(PRODUCERS);
      String consumer = any(CONSUMERS);
      if (random.nextInt(3) == 0) {
        world.world().cut(producer, consumer);
      } else {
        world.world().mend(producer, consumer);
      }
    }

    void crashOrRestart() {
      if (!down.isEmpty() && random.nextInt(4) == 0) {
        restart(down.get(0));
      }
      String name = random.nextBoolean() ? any(PRODUCERS) : any(CONSUMERS);
      if (!down.contains(name) && random.nextInt(8) == 0) {
        world.world().crash(name);
        down.add(name);
      }
    }

    private void restart(String name) {
      down.remove(name);
      world.world().restart(name);
      if (PRODUCERS.contains(name)) {
        startProducer(name);
      } else {
        startConsumer(name);
      }
    }

    /** What the producer sends next. */
    Pulse next(String producer) {
      return new Pulse(
          producer, requireNonNull(lives.get(producer)), requireNonNull(sent.get(producer)));
    }

    void sendSome() {
      for (String name : PRODUCERS) {
        Producer<Pulse> producer = requireNonNull(producers.get(name));
        for (int count = random.nextInt(1, 80); count > 0 && !down.contains(name); count--) {
          Pulse pulse = next(name);
          if (producer.trySend(pulse).isSent()) {
            sent.merge(name, 1, Integer::sum);
          }
        }
      }
      world.run(Duration.ofMillis(random.nextInt(1, 1_500)));
    }

    /** Mends everything and waits until each consumer has each producer. */
    void settle() {
      List.copyOf(down).forEach(this::restart);
      world.world().heal();
      world.run(Duration.ofSeconds(10)); // until both ends of a dead link know that it is dead
      world
          .world()
          .runUntil(
              "all are subscribed, seed " + seed,
              () ->
                  sinks.values().stream()
                      .allMatch(sink ->
                          sink.consumer.when().subscribed().minimumOf(PRODUCERS.size()).isMet()),
              Duration.ofMinutes(6));
    }

    @Override
    public void close() {
      world.close();
    }
  }
}

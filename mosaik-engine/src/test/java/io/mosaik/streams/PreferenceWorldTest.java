package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Tag;
import io.mosaik.sim.LinkProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer takes from the best of its producers, in a simulated world. */
class PreferenceWorldTest {

  private static final String[] PRODUCERS = {"p0", "p1", "p2"};

  private final StreamWorld world = new StreamWorld(7);
  private final List<StreamWorld.Node> producers = new ArrayList<>();

  @AfterEach
  void close() {
    world.close();
  }

  @Datum("quotes")
  record Quote(String from) {}

  private void produce(String name, String... tags) {
    StreamWorld.Node node = world.start(name, tags);
    producers.removeIf(old -> old.name().equals(name));
    producers.add(node);
    node.streams().produce(Quote.class);
  }

  private void distance(String name, int ms) {
    world.world().link("c", name, LinkProfile.ofLatency(Duration.ofMillis(ms)));
  }

  private Consumer<Quote> consumer(Preference preference) {
    return world.start("c").streams().consumer(Quote.class).prefer(preference).build();
  }

  private void takesFrom(Consumer<Quote> consumer, String... names) {
    world.until(
        "takes from " + String.join(", ", names),
        () -> sources(consumer).equals(new TreeSet<>(List.of(names))));
  }

  private SortedSet<String> sources(Consumer<Quote> consumer) {
    var names = new TreeSet<String>();
    for (SubscriptionInfo info : consumer.producers()) {
      for (StreamWorld.Node node : producers) {
        if (node.peerId().equals(info.peer()) && info.state() == SubscriptionInfo.State.CONNECTED) {
          names.add(node.name());
        }
      }
    }
    return names;
  }

  @Test
  void the_nearest_is_taken_from_and_the_next_at_once_when_it_fails() {
    world.world().node("c");
    for (int i = 0; i < 3; i++) {
      world.world().node(PRODUCERS[i]);
      distance(PRODUCERS[i], 5 + 20 * i);
      produce(PRODUCERS[i]);
    }
    Consumer<Quote> consumer = consumer(Preference.nearest(1));
    takesFrom(consumer, "p0");
    world.run(Duration.ofMinutes(1));
    assertThat(sources(consumer)).containsExactly("p0");

    world.world().crashesAreNoticed(true);
    world.world().crash("p0");
    world.run(Duration.ofMillis(200));
    assertThat(sources(consumer)).containsExactly("p1");

    world.world().restart("p0");
    produce("p0");
    world.run(Duration.ofSeconds(5));
    assertThat(sources(consumer)).contains("p1"); // the other may be back for a moment only
    takesFrom(consumer, "p0");
  }

  @Test
  void a_consumer_moves_when_another_is_nearer_for_good() {
    world.world().node("c");
    for (int i = 0; i < 3; i++) {
      world.world().node(PRODUCERS[i]);
      distance(PRODUCERS[i], 10 + 20 * i);
      produce(PRODUCERS[i]);
    }
    Consumer<Quote> consumer = consumer(Preference.nearest(2));
    takesFrom(consumer, "p0", "p1");
    world.run(Duration.ofMinutes(1));
    distance("p0", 200);
    world.run(Duration.ofMinutes(3)); // until its smoothed time shows it
    assertThat(sources(consumer)).containsExactly("p1", "p2");
    world.run(Duration.ofMinutes(3));
    assertThat(sources(consumer)).containsExactly("p1", "p2");
  }

  @Test
  void tags_are_preferred_in_their_order() {
    produce("p0", "far");
    produce("p1", "near");
    produce("p2", "here");
    Consumer<Quote> consumer = consumer(Preference.tagged(1, Tag.of("here"), Tag.of("near")));
    takesFrom(consumer, "p2");
    world.world().crashesAreNoticed(true);
    world.world().crash("p2");
    takesFrom(consumer, "p1");
    world.world().crash("p1");
    takesFrom(consumer, "p0");
  }

  @Test
  void a_function_that_fails_counts_as_the_worst() {
    for (String name : PRODUCERS) {
      produce(name, name);
    }
    Consumer<Quote> consumer =
        consumer(
            Preference.cheapest(
                2,
                entry -> {
                  if (entry.hasTag("p0")) {
                    throw new IllegalStateException("of no use");
                  }
                  return entry.hasTag("p1") ? Double.NaN : 3;
                }));
    world.run(Duration.ofMinutes(1));
    assertThat(sources(consumer)).hasSize(2).contains("p2");
  }

  @Test
  void predicates_come_first() {
    for (String name : PRODUCERS) {
      produce(name, name);
    }
    Consumer<Quote> consumer =
        world
            .start("c")
            .streams()
            .consumer(Quote.class)
            .subscribeIf(entry -> !entry.hasTag("p0"))
            .prefer(Preference.tagged(1, Tag.of("p0"), Tag.of("p2")))
            .build();
    takesFrom(consumer, "p2");
  }

  @Test
  void nobody_and_times_before_now_are_refused() {
    assertThatThrownBy(() -> Preference.nearest(0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> Preference.nearest(1).steadyFor(Duration.ofSeconds(-1)))
        .hasMessageContaining("not negative");
  }
}

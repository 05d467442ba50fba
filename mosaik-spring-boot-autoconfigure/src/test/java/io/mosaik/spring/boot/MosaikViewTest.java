package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.mosaik.Network;
import io.mosaik.spring.boot.TestContext.Other;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.streams.Fold;
import io.mosaik.streams.Producer;
import io.mosaik.streams.View;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A fold is a bean: an injected producer keeps its state, an injected view shows it. */
class MosaikViewTest {

  record Sum(int ticks, int total) {

    static final Sum NONE = new Sum(0, 0);

    Sum plus(Tick tick) {
      return new Sum(ticks + 1, total + tick.value());
    }
  }

  private static final Fold<Tick, Sum> SUM = Fold.of("sum", Sum.NONE, Sum::plus);
  private static final Fold<Tick, Sum> ODD =
      Fold.of("odd", Sum.NONE, (sum, tick) -> tick.value() % 2 == 0 ? sum : sum.plus(tick));

  @Test
  void an_injected_view_shows_the_state_of_what_was_and_of_what_follows_and_its_meters() {
    runner()
        .withConfiguration(
            AutoConfigurations.of(
                MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
        .withUserConfiguration(Folds.class)
        .withBean(Screen.class)
        .run(context -> {
          Screen screen = context.getBean(Screen.class);
          try (Network other = nodeBeside(context.getBean(Network.class))) {
            Producer<Tick> ticks =
                other
                    .streams()
                    .producer(Tick.class)
                    .fold(SUM)
                    .fold(ODD)
                    .onlineWhen(consumers -> consumers.minimumOf(0))
                    .build();
            for (int i = 1; i <= 10; i++) {
              ticks.send(new Tick(i));
            }
            screen.sum.await(now -> now.byProducer().containsValue(new Sum(10, 55)), SOON);
            screen.odd.await(now -> now.byProducer().containsValue(new Sum(5, 25)), SOON);
            ticks.send(new Tick(11));
            screen.sum.await(now -> now.byProducer().containsValue(new Sum(11, 66)), SOON);

            MeterRegistry meters = context.getBean(MeterRegistry.class);
            context.getBean(MosaikMetrics.class).refresh();
            assertThat(meters.get("mosaik.view.producers").tag("fold", "sum").gauge().value())
                .isEqualTo(1);
            assertThat(meters.get("mosaik.view.state.bytes").tag("fold", "sum").gauge().value())
                .isPositive();
            assertThat(
                    meters.get("mosaik.view.states").tag("fold", "sum").functionCounter().count())
                .isEqualTo(1);
          }
        });
  }

  @Test
  void an_injected_producer_keeps_the_states_of_the_folds_of_its_datums() {
    runner()
        .withUserConfiguration(Folds.class)
        .withBean(Feed.class)
        .run(context -> {
          Feed feed = context.getBean(Feed.class);
          assertThat(feed.others.folds()).isEmpty();
          assertThat(feed.ticks.folds()).extracting("name").containsExactlyInAnyOrder("sum", "odd");
          Network here = context.getBean(Network.class);
          assertThat(here.streams().views()).as("nobody asked for one").isEmpty();
          try (Network other = nodeBeside(here)) {
            View<Sum> view = other.streams().fold(Tick.class, SUM);
            feed.ticks.when().subscribed().await(SOON);
            feed.ticks.send(new Tick(3));
            view.await(now -> now.byProducer().containsValue(new Sum(1, 3)), SOON);
          }
        });
  }

  @Test
  void a_view_of_the_users_own_wins_for_its_type() {
    runner()
        .withUserConfiguration(OwnView.class)
        .run(context -> {
          assertThat(context).hasSingleBean(View.class);
          assertThat(context.getBean(View.class)).isSameAs(context.getBean("ownView"));
        });
  }

  @Test
  void a_view_ends_with_the_application() {
    var seen = new View<?>[1];
    runner()
        .withUserConfiguration(Folds.class)
        .withBean(Screen.class)
        .run(context -> {
          seen[0] = context.getBean(Screen.class).sum;
          assertThat(context.getBean(Network.class).streams().views()).contains(seen[0]);
        });
    assertThat(seen[0].producers()).isEmpty();
  }

  @Test
  void a_fold_of_nothing_in_particular_fails_with_a_sentence() {
    runner()
        .withUserConfiguration(Vague.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("declare its classes, as Fold<Trade, Volume>"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Folds {

    @Bean
    Fold<Tick, Sum> sum() {
      return SUM;
    }

    @Bean
    Fold<Tick, Sum> odd() {
      return ODD;
    }
  }

  static final class Screen {

    final View<Sum> sum;
    final View<Sum> odd;

    Screen(@Qualifier("sum") View<Sum> sum, @Qualifier("odd") View<Sum> odd) {
      this.sum = sum;
      this.odd = odd;
    }
  }

  static final class Feed {

    final Producer<Tick> ticks;
    final Producer<Other> others;

    Feed(Producer<Tick> ticks, Producer<Other> others) {
      this.ticks = ticks;
      this.others = others;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnView {

    @Bean
    Fold<Tick, Sum> sum() {
      return SUM;
    }

    @Bean
    View<Sum> ownView(Network network, Fold<Tick, Sum> sum) {
      return network.streams().consumer(Tick.class).bufferSize(7).fold(sum);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Vague {

    @Bean
    Fold<?, ?> vague() {
      return SUM;
    }
  }
}

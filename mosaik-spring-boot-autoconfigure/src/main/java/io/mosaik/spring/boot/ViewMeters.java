package io.mosaik.spring.boot;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mosaik.streams.FoldInfo;
import io.mosaik.streams.Producer;
import io.mosaik.streams.View;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Meters of a view, and of a fold at its producer. */
final class ViewMeters {

  private static final FoldInfo GONE = new FoldInfo("", 0, 0, 0, 0);

  private ViewMeters() {}

  static void bind(MeterRegistry registry, View<?> view) {
    // Several views of one fold on a node are told apart by their number.
    Tags shared = Tags.of("stream", view.name(), "fold", view.foldName());
    int number = registry.find("mosaik.view.producers").tags(shared).meters().size();
    Tags tags = shared.and("view", Integer.toString(number));
    gauge(
        registry,
        "mosaik.view.producers",
        tags,
        "Producers whose state it has",
        view,
        of -> of.info().producers());
    gauge(
        registry,
        "mosaik.view.lag",
        tags,
        "Datums that have come and are not folded yet",
        view,
        of -> of.info().lag());
    gauge(
        registry,
        "mosaik.view.state.bytes",
        tags,
        "What the states that came last take, encoded",
        view,
        of -> of.info().stateBytes());
    counter(
        registry,
        "mosaik.view.version",
        tags,
        "Datums that were folded, and states that came or went",
        view,
        of -> of.info().version());
    counter(
        registry,
        "mosaik.view.states",
        tags,
        "States that came: one of each producer, and another where datums were missed",
        view,
        of -> of.info().states());
    counter(
        registry,
        "mosaik.view.failed",
        tags,
        "Datums on which the reducer failed, and states that could not be read",
        view,
        of -> of.info().failed());
  }

  static void bind(MeterRegistry registry, KeptFold kept) {
    Tags tags = Tags.of("stream", kept.producer.name(), "fold", kept.fold);
    gauge(
        registry,
        "mosaik.producer.fold.waiting",
        tags,
        "Datums that wait for the reducer",
        kept,
        of -> of.get().waiting());
    gauge(
        registry,
        "mosaik.producer.fold.state.bytes",
        tags,
        "What the state that was made last takes, encoded",
        kept,
        of -> of.get().stateBytes());
    counter(
        registry,
        "mosaik.producer.fold.states",
        tags,
        "States that were made for views",
        kept,
        of -> of.get().states());
    counter(
        registry,
        "mosaik.producer.fold.failed",
        tags,
        "Datums on which the reducer failed, and states that could not be sent",
        kept,
        of -> of.get().failed());
  }

  /**
   * A fold that a producer keeps the state of.
   *
   * @param producer whose
   * @param fold its name
   */
  record KeptFold(Producer<?> producer, String fold) implements Supplier<FoldInfo> {

    @Override
    public FoldInfo get() {
      return producer.folds().stream()
          .filter(info -> info.name().equals(fold))
          .findFirst()
          .orElse(GONE);
    }
  }

  private static <T> void gauge(
      MeterRegistry registry,
      String name,
      Tags tags,
      String description,
      T source,
      ToDoubleFunction<T> value) {
    Gauge.Builder<T> gauge = Gauge.builder(name, source, value).description(description);
    if (name.endsWith(".bytes")) {
      gauge.baseUnit("bytes");
    }
    gauge.tags(tags).register(registry);
  }

  private static <T> void counter(
      MeterRegistry registry,
      String name,
      Tags tags,
      String description,
      T source,
      ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, source, value)
        .description(description)
        .tags(tags)
        .register(registry);
  }
}

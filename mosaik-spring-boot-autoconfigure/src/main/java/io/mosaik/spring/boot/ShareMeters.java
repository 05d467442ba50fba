package io.mosaik.spring.boot;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mosaik.streams.Producer;
import io.mosaik.streams.ShareGroupInfo;
import java.util.function.ToDoubleFunction;

/**
 * Meters of the consumers that share a producer's datums under one name.
 *
 * @param producer the producer
 * @param group their name
 */
record ShareMeters(Producer<?> producer, String group) {

  private static final ShareGroupInfo GONE = new ShareGroupInfo("", 0, 0, 0, 0, 0);

  void bind(MeterRegistry registry) {
    gauge(registry, "members", "Consumers that share", ShareGroupInfo::members);
    gauge(
        registry,
        "waiting",
        "Datums that wait until one of them has room",
        ShareGroupInfo::waiting);
    gauge(
        registry,
        "outstanding",
        "Datums that they have and have not taken yet",
        ShareGroupInfo::outstanding);
    counter(
        registry,
        "handed.over",
        "Datums that members left untaken when they went",
        ShareGroupInfo::handedOver);
    counter(registry, "lost", "Datums meant for them that none got", ShareGroupInfo::lost);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<ShareGroupInfo> value) {
    Gauge.builder("mosaik.producer.share." + name, this, of -> value.applyAsDouble(of.now()))
        .description(description)
        .tags(tags())
        .register(registry);
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<ShareGroupInfo> value) {
    FunctionCounter.builder(
            "mosaik.producer.share." + name, this, of -> value.applyAsDouble(of.now()))
        .description(description)
        .tags(tags())
        .register(registry);
  }

  private Tags tags() {
    return Tags.of("stream", producer.name(), "share", group);
  }

  private ShareGroupInfo now() {
    for (ShareGroupInfo info : producer.shareGroups()) {
      if (info.name().equals(group)) {
        return info;
      }
    }
    return GONE;
  }
}

package io.mosaik.streams;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** How often subscriptions were refused, by reason; from any thread. */
final class Refusals {

  private final Map<Refusal, AtomicLong> counts = new EnumMap<>(Refusal.class);

  Refusals() {
    for (Refusal reason : Refusal.values()) {
      counts.put(reason, new AtomicLong());
    }
  }

  void count(Refusal reason) {
    Objects.requireNonNull(counts.get(reason)).incrementAndGet();
  }

  /** Every reason with its count, also those that are zero. */
  Map<Refusal, Long> toMap() {
    var map = new EnumMap<Refusal, Long>(Refusal.class);
    counts.forEach((reason, count) -> map.put(reason, count.get()));
    return map;
  }

  /** Those that are not zero, for people; empty if all are. */
  @Override
  public String toString() {
    return toMap().entrySet().stream()
        .filter(each -> each.getValue() > 0)
        .map(each -> each.getKey() + " " + each.getValue() + " times")
        .collect(Collectors.joining(", "));
  }
}

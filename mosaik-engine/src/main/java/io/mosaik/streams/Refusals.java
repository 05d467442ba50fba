package io.mosaik.streams;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;

/** How often subscriptions were refused, by reason; from any thread. */
final class Refusals {

  private final AtomicLongArray counts = new AtomicLongArray(Refusal.values().length);

  void count(Refusal reason) {
    counts.incrementAndGet(reason.ordinal());
  }

  /** Every reason with its count, also those that are zero. */
  Map<Refusal, Long> toMap() {
    var map = new EnumMap<Refusal, Long>(Refusal.class);
    for (Refusal reason : Refusal.values()) {
      map.put(reason, counts.get(reason.ordinal()));
    }
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

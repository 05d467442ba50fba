package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.Tag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a condition asks for, as a value.
 *
 * @param minimum how many peers at the least
 * @param filters all of which a peer must satisfy to count
 * @param inverted whether it holds when there are fewer
 */
record ConditionSpec(int minimum, List<Predicate<? super PeerEntry>> filters, boolean inverted)
    implements SubscriptionCondition {

  static final ConditionSpec ALWAYS = new ConditionSpec(0, List.of(), false);
  static final ConditionSpec ANY = new ConditionSpec(1, List.of(), false);

  /** What the user makes of the simplest condition. */
  static ConditionSpec from(UnaryOperator<SubscriptionCondition> narrowing) {
    if (narrowing.apply(ANY) instanceof ConditionSpec spec) {
      return spec;
    }
    throw new IllegalArgumentException(
        "onlineWhen must return what it makes of the condition that it is given, as c ->"
            + " c.minimumOf(2)");
  }

  @Override
  public ConditionSpec minimumOf(int peers) {
    if (peers < 0) {
      throw new IllegalArgumentException("at least " + peers + " peers; give 0 or more");
    }
    return new ConditionSpec(peers, filters, inverted);
  }

  @Override
  public ConditionSpec withTags(String... tags) {
    List<Tag> wanted = List.of(tags).stream().map(Tag::of).toList();
    return withPredicate(entry -> entry.tags().containsAll(wanted));
  }

  @Override
  public ConditionSpec withPredicate(Predicate<? super PeerEntry> predicate) {
    var more = new ArrayList<Predicate<? super PeerEntry>>(filters);
    more.add(Predicates.guarded(predicate));
    return new ConditionSpec(minimum, List.copyOf(more), inverted);
  }

  @Override
  public ConditionSpec unmet() {
    return new ConditionSpec(minimum, filters, !inverted);
  }

  /** Whether it holds for these connected peers. A filter that throws does not count its peer. */
  boolean holds(Collection<PeerEntry> connected) {
    if (filters.isEmpty()) {
      return connected.size() >= minimum != inverted;
    }
    int count = 0;
    for (PeerEntry entry : connected) {
      if (Predicates.all(filters, entry)) {
        count++;
      }
    }
    return count >= minimum != inverted;
  }

  @Override
  public String toString() {
    return (inverted ? "fewer than " : "at least ")
        + minimum
        + " subscribed"
        + (filters.isEmpty() ? "" : " that match");
  }
}

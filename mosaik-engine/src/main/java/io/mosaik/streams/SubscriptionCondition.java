package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import java.util.function.Predicate;

/**
 * A condition on the connected subscriptions of a producer or consumer. Immutable; each method
 * returns a narrower one.
 */
public interface SubscriptionCondition {

  /** At least so many peers (that match the filters); 1 if not said. */
  SubscriptionCondition minimumOf(int peers);

  /** Counts only peers with all these tags. */
  SubscriptionCondition withTags(String... tags);

  /** Counts only peers whose entry satisfies the predicate. */
  SubscriptionCondition withPredicate(Predicate<? super PeerEntry> predicate);

  /** The opposite: holds when this one does not. */
  SubscriptionCondition unmet();
}

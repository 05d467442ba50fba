package io.mosaik.streams;

/** The conditions that can be awaited on a producer or consumer. */
public interface SubscriptionConditions {

  /** On the connected subscriptions: at least one, until narrowed. */
  AwaitableCondition subscribed();

  /** The online condition of the producer or consumer. */
  AwaitableCondition online();
}

package io.mosaik.streams;

import io.mosaik.runtime.Strand;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer's datums as a {@link Flow.Publisher}, by the rules of Reactive Streams 1.0.4 (the
 * numbers in the comments are its). It is for one subscriber at a time; when that has cancelled,
 * another may follow. Signals come on a strand of users' code.
 */
final class Publication<T> implements Flow.Publisher<Received<T>> {

  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final Inbox<T> inbox;
  private final Supplier<Strand> strands;
  private final AtomicReference<@Nullable Serving> serving = new AtomicReference<>();

  /**
   * @param strands gives the strand of users' code on which a subscriber is served
   */
  Publication(Inbox<T> inbox, Supplier<Strand> strands) {
    this.inbox = inbox;
    this.strands = strands;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Received<T>> subscriber) {
    Objects.requireNonNull(subscriber); // 1.9
    Strand strand = strands.get();
    var next = new Serving(strand, subscriber);
    if (serving.compareAndSet(null, next)) {
      strand.execute(next::begin);
    } else {
      strand.execute(() -> refuse(subscriber));
    }
  }

  private static void refuse(Flow.Subscriber<?> subscriber) {
    subscriber.onSubscribe( // 1.9: always first
        new Flow.Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {}
        });
    subscriber.onError(
        new IllegalStateException(
            "the consumer has a subscriber already; cancel that first, or make another consumer"));
  }

  /** One subscriber, from its subscription to its end. */
  private final class Serving implements Flow.Subscription, Delivery.Sink<T> {

    private final Strand strand;
    private final Delivery<T> delivery;
    private final AtomicLong demand = new AtomicLong();

    /** Forgotten when it is over (3.13); null from then on. */
    private volatile Flow.@Nullable Subscriber<? super Received<T>> subscriber;

    Serving(Strand strand, Flow.Subscriber<? super Received<T>> subscriber) {
      this.strand = strand;
      this.subscriber = subscriber;
      this.delivery = new Delivery<>(strand, inbox, this);
    }

    void begin() {
      Flow.Subscriber<? super Received<T>> to = subscriber;
      if (to != null) {
        attempt(() -> to.onSubscribe(this));
        delivery.wake();
      }
    }

    @Override
    public void request(long count) {
      if (count < 1) {
        strand.execute(() -> fail(count));
      } else {
        // 3.17: all that a long can hold counts as without limit.
        demand.getAndUpdate(now -> now + count < 0 ? Long.MAX_VALUE : now + count);
        delivery.wake();
      }
    }

    private void fail(long count) {
      Flow.Subscriber<? super Received<T>> to = end();
      if (to != null) { // 3.9
        to.onError(
            new IllegalArgumentException(
                "request(" + count + "): ask for 1 or more (Reactive Streams, rule 3.9)"));
      }
    }

    @Override
    public void cancel() {
      var unused = end();
    }

    @Override
    public Delivery.Wish wish() {
      if (subscriber == null) {
        return Delivery.Wish.NOTHING;
      }
      return demand.get() > 0 ? Delivery.Wish.DATUM : Delivery.Wish.END;
    }

    @Override
    public boolean take(Received<T> datum) {
      Flow.Subscriber<? super Received<T>> to = subscriber;
      if (to == null) {
        return false;
      }
      demand.getAndUpdate(now -> now == Long.MAX_VALUE ? now : now - 1);
      attempt(() -> to.onNext(datum));
      return true;
    }

    @Override
    public void over() {
      Flow.Subscriber<? super Received<T>> to = end();
      if (to != null) {
        to.onComplete();
      }
    }

    /** Returns the subscriber if it was not over yet. */
    private Flow.@Nullable Subscriber<? super Received<T>> end() {
      Flow.Subscriber<? super Received<T>> to = subscriber;
      subscriber = null;
      serving.compareAndSet(this, null);
      return to;
    }

    /** A subscriber that throws breaks 2.13, and counts as one that cancelled. */
    private void attempt(Runnable signal) {
      try {
        signal.run();
      } catch (Throwable e) {
        LOG.error("A subscriber failed; its subscription is over", e);
        cancel();
      }
    }
  }
}

package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.streams.protocol.DatumBatch;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What waits between a consumer's strand and the application: batches as they came, still encoded,
 * in the order of their arrival. The strand adds, any thread takes datum by datum. It needs no
 * bound of its own: each producer sends only what it was granted, and is granted more only when the
 * application took some.
 */
final class HandOver {

  /** More than any batch has. */
  private static final int REVOKED = 1 << 30;

  private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
  private final Queue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();
  private volatile java.util.function.Consumer<Gap> gapListener = gap -> {};
  private volatile StateListener stateListener = (producer, state) -> {};

  /** Adds a batch and wakes who sleeps. */
  void add(ProducerSource source, DatumBatch batch) {
    deliveries.add(new Batch(source, batch));
    wakeAll();
  }

  /**
   * Adds a gap in front of what its producer sends next.
   *
   * @param previous what this method returned for the producer's last gap, if no batch of it came
   *     since: while that one waits it is widened, so that gaps alone never pile up
   * @return the gap as it waits
   */
  Missing add(Gap gap, @Nullable Missing previous) {
    if (previous != null && previous.widen(gap)) {
      return previous;
    }
    var missing = new Missing(gap);
    deliveries.add(missing);
    wakeAll();
    return missing;
  }

  /**
   * Adds the state of a producer, from which what it sends next goes on.
   *
   * @param state null if there is none any more
   * @param previous what this method returned for the producer before: while that one waits, it and
   *     the datums that follow it are of no use any more, so that states never pile up
   * @return the state as it waits
   */
  Standing add(ProducerSource source, byte @Nullable [] state, @Nullable Standing previous) {
    if (previous != null) {
      supersede(previous);
    }
    var standing = new Standing(source.peer(), state);
    deliveries.add(standing);
    wakeAll();
    return standing;
  }

  /**
   * Drops a state that waits, with the datums of its producer behind it: the last ones first, and
   * the state at the end, so that whoever takes meanwhile takes the state and a beginning of what
   * follows it, or nothing of both.
   */
  private void supersede(Standing previous) {
    var behind = new ArrayDeque<Batch>();
    boolean waits = false;
    for (Delivery each : deliveries) {
      waits |= each == previous;
      if (waits && each instanceof Batch batch && batch.source.peer().equals(previous.producer)) {
        behind.push(batch);
      }
    }
    if (waits) {
      behind.forEach(batch -> {
        batch.drop();
        deliveries.remove(batch);
      });
      deliveries.remove(previous);
    }
  }

  /** Who hears of states, each in its place, on the thread of who takes. */
  void onState(StateListener listener) {
    stateListener = listener;
  }

  /** Who hears of gaps, each when it is passed, on the thread of who takes. */
  void onGap(java.util.function.Consumer<Gap> listener) {
    gapListener = listener;
  }

  /**
   * Takes the next datum that can be read, and counts those that can't as taken, too.
   *
   * @param reader reads it where it lies
   * @return what was read, or null if there is no further datum now
   */
  <R> @Nullable R poll(Reader<R> reader) {
    for (Delivery head = deliveries.peek(); head != null; head = deliveries.peek()) {
      switch (head) {
        case Batch batch -> {
          R read = take(batch, reader);
          if (read != null) {
            return read;
          }
        }
        case Missing missing -> {
          if (deliveries.remove(missing)) {
            gapListener.accept(missing.pass());
          }
        }
        case Standing standing -> {
          if (deliveries.remove(standing)) {
            stateListener.accept(standing.producer, standing.state);
          }
        }
      }
    }
    return null;
  }

  private <R> @Nullable R take(Batch head, Reader<R> reader) {
    int index = head.next.getAndIncrement();
    int last = head.datums.count() - 1;
    if (index >= last) {
      deliveries.remove(head);
    }
    if (index > last) {
      return null;
    }
    head.taken(index, last);
    return reader.read(head.source, head.datums, index);
  }

  /**
   * Takes back what waits of a source's present link: nobody gets it any more.
   *
   * @return how much that is
   */
  Revoked revoke(ProducerSource source) {
    int datums = 0;
    long bytes = 0;
    for (Iterator<Delivery> each = deliveries.iterator(); each.hasNext(); ) {
      if (each.next() instanceof Batch batch
          && batch.source == source
          && batch.link == source.linkNumber()) {
        each.remove();
        int count = batch.datums.count();
        int taken = Math.min(count, batch.next.getAndAdd(REVOKED));
        datums += count - taken;
        bytes += batch.datums.sizeBytes(taken, count);
      }
    }
    return new Revoked(datums, bytes);
  }

  /**
   * What was taken back.
   *
   * @param datums how many
   * @param bytes of them
   */
  record Revoked(int datums, long bytes) {}

  boolean isEmpty() {
    return deliveries.isEmpty();
  }

  /** Completes when something was added after this call; look again before waiting for it. */
  Sleeper sleeper() {
    var sleeper = new Sleeper();
    sleepers.add(sleeper);
    return sleeper;
  }

  /** The sleeper needs no waking any more. */
  void dismiss(Sleeper sleeper) {
    sleepers.remove(sleeper);
  }

  /** Wakes who sleeps. */
  void wakeAll() {
    for (var sleeper = sleepers.poll(); sleeper != null; sleeper = sleepers.poll()) {
      sleeper.woken.complete(null);
    }
  }

  /** Makes something of a datum that is still encoded, on the thread of who takes it. */
  @FunctionalInterface
  interface Reader<R> {

    /** Reads a datum of a batch; null if that can't be done. */
    @Nullable R read(ProducerSource source, DatumBatch batch, int index);
  }

  /** Hears of states. */
  @FunctionalInterface
  interface StateListener {

    /** The producer's state, encoded; null if there is none any more. */
    void accept(PeerId producer, byte @Nullable [] state);
  }

  /** Someone who waits for the next datum. */
  static final class Sleeper {

    private final CompletableFuture<Void> woken = new CompletableFuture<>();

    CompletableFuture<Void> woken() {
      return woken;
    }
  }

  /** What waits, in the order of its arrival. */
  sealed interface Delivery {}

  /** Some datums. */
  private static final class Batch implements Delivery {

    private final ProducerSource source;
    private final DatumBatch datums;
    private final int link;
    private final AtomicInteger next = new AtomicInteger();

    Batch(ProducerSource source, DatumBatch datums) {
      this.source = source;
      this.datums = datums;
      this.link = source.linkNumber();
    }

    /** Nobody takes any more of it; what is left counts as taken. */
    private void drop() {
      int count = datums.count();
      int taken = Math.min(count, next.getAndAdd(REVOKED));
      int accounted = taken - taken % source.accountedTogether();
      if (taken < count) {
        source.taken(count - accounted, datums.sizeBytes(accounted, count));
      }
    }

    /** Accounts for datums by the group, as the last one of a group is taken. */
    private void taken(int index, int last) {
      int group = source.accountedTogether();
      int inGroup = index % group + 1;
      if (inGroup == group || index == last) {
        source.taken(inGroup, datums.sizeBytes(index + 1 - inGroup, index + 1));
      }
    }
  }

  /** The state of a producer. */
  static final class Standing implements Delivery {

    private final PeerId producer;
    private final byte @Nullable [] state;

    private Standing(PeerId producer, byte @Nullable [] state) {
      this.producer = producer;
      this.state = state;
    }
  }

  /** The place where datums are missing. */
  static final class Missing implements Delivery {

    private final AtomicReference<@Nullable Gap> gap;

    private Missing(Gap gap) {
      this.gap = new AtomicReference<>(gap);
    }

    /** Adds to it; returns false if it was passed already. */
    private boolean widen(Gap more) {
      return gap.updateAndGet(now -> now == null ? null : now.and(more)) != null;
    }

    /** Nothing can be added any more. */
    private Gap pass() {
      return Objects.requireNonNull(gap.getAndSet(null), "passed twice");
    }
  }
}

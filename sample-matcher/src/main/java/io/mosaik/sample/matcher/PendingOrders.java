package io.mosaik.sample.matcher;

import io.mosaik.sample.Order;
import io.mosaik.sample.SequenceSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The orders that this matcher has received and not yet seen applied. It answers one question:
 * which orders should this matcher submit to the group now?
 *
 * <p>Every matcher receives every order and keeps it here until its own replica has applied it,
 * whoever submitted it. The leader submits at once. The others give it {@code takeOver} time and
 * then submit what is still not applied: the leader has not received it, or is dead, or is cut off.
 * An order is forgotten when it is applied and at no other moment, so as long as one matcher that
 * received it lives, it will be applied; the group's state refuses all but the first submission.
 *
 * <p>A plain class: time is passed in, nothing waits. Not thread-safe.
 */
final class PendingOrders {

  /**
   * The settings.
   *
   * @param capacity how many orders may wait; a full one makes the caller wait
   * @param batchSize how many orders to submit at once
   * @param maxBatchesInFlight how many submissions may be without an answer
   * @param takeOverNs how long a matcher that does not lead leaves an order to the leader
   * @param retryNs how long after a submission an order that is still not applied is submitted anew
   */
  record Config(
      int capacity, int batchSize, int maxBatchesInFlight, long takeOverNs, long retryNs) {

    /** Refuses what would never submit anything. */
    Config {
      if (capacity < 1 || batchSize < 1 || maxBatchesInFlight < 1) {
        throw new IllegalArgumentException(
            "capacity, batchSize and maxBatchesInFlight have to be 1 or more");
      }
      if (takeOverNs < 0 || retryNs < 0) {
        throw new IllegalArgumentException("takeOverNs and retryNs have to be 0 or more");
      }
    }
  }

  /** What {@link #add} did. */
  enum Added {
    /** The order is kept until it is applied. */
    KEPT,
    /** The order is kept or was applied already. */
    KNOWN,
    /** There is no room; the order is not kept. */
    FULL
  }

  private record Key(String trader, long sequence) {}

  private static final class Entry {
    final Order order;
    final long arrival;
    long dueNs;
    boolean queued;
    boolean inFlight;
    boolean applied;

    Entry(Order order, long arrival, long dueNs) {
      this.order = order;
      this.arrival = arrival;
      this.dueNs = dueNs;
    }
  }

  private final Config config;

  /** In the order of arrival. */
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();

  /** Those that wait for their time. An applied one leaves when its turn comes. */
  private final PriorityQueue<Entry> queue =
      new PriorityQueue<>((a, b) ->
          a.dueNs - b.dueNs != 0
              ? Long.signum(a.dueNs - b.dueNs)
              : Long.compare(a.arrival, b.arrival));

  /** What the local replica has applied, by trader; looked up only. */
  private final Map<String, SequenceSet> applied = new HashMap<>();

  private boolean leading;
  private long arrivals;
  private int batchesInFlight;
  private long submitted;

  /**
   * Nothing pending, not leading.
   *
   * @param config the settings
   */
  PendingOrders(Config config) {
    this.config = config;
  }

  /**
   * An order was received.
   *
   * @param order the order
   * @param nowNs now, on any monotonic clock
   * @return whether it is kept
   */
  Added add(Order order, long nowNs) {
    SequenceSet seen = applied.get(order.trader());
    var key = new Key(order.trader(), order.sequence());
    if (entries.containsKey(key) || (seen != null && seen.contains(order.sequence()))) {
      return Added.KNOWN;
    }
    if (entries.size() >= config.capacity) {
      return Added.FULL;
    }
    var entry = new Entry(order, arrivals++, dueOf(nowNs));
    entries.put(key, entry);
    enqueue(entry);
    return Added.KEPT;
  }

  /**
   * The local replica has applied an order, whoever submitted it.
   *
   * @param trader its trader
   * @param sequence its sequence
   */
  void applied(String trader, long sequence) {
    SequenceSet seen = applied.get(trader);
    if (seen == null && applied.size() < OrderBooks.MAX_TRADERS) {
      seen = new SequenceSet(OrderBooks.MAX_GAPS);
      applied.put(trader, seen);
    }
    if (seen != null) {
      seen.add(sequence);
    }
    Entry entry = entries.remove(new Key(trader, sequence));
    if (entry != null) {
      entry.applied = true;
    }
  }

  /**
   * The group has a new leader, or lost the one it had. Whoever leads now submits everything at
   * once; the others wait {@code takeOver} anew, since a new leader deserves its chance.
   *
   * @param leads whether this matcher leads
   * @param nowNs now
   */
  void leadership(boolean leads, long nowNs) {
    leading = leads;
    queue.clear();
    for (Entry entry : entries.values()) {
      entry.queued = false;
      if (!entry.inFlight) {
        entry.dueNs = dueOf(nowNs);
        enqueue(entry);
      }
    }
  }

  /**
   * The next orders to submit. Each non-empty answer has to be followed by {@link #answered}.
   *
   * @param nowNs now
   * @return at most one batch, by time due, then by arrival; empty if nothing is due or enough is
   *     in flight
   */
  List<Order> next(long nowNs) {
    List<Order> batch = new ArrayList<>();
    if (batchesInFlight >= config.maxBatchesInFlight) {
      return batch;
    }
    while (batch.size() < config.batchSize) {
      Entry entry = queue.peek();
      if (entry == null || (!entry.applied && entry.dueNs - nowNs > 0)) {
        break;
      }
      queue.remove();
      entry.queued = false;
      if (!entry.applied) {
        entry.inFlight = true;
        batch.add(entry.order);
      }
    }
    if (!batch.isEmpty()) {
      batchesInFlight++;
      submitted += batch.size();
    }
    return batch;
  }

  /**
   * A submission has its answer, good or bad. What of it is not applied by now is tried again after
   * {@code retry}: even after a good answer, which may only say that the leader took it.
   *
   * @param batch what {@link #next} returned
   * @param nowNs now
   */
  void answered(List<Order> batch, long nowNs) {
    batchesInFlight--;
    for (Order order : batch) {
      Entry entry = entries.get(new Key(order.trader(), order.sequence()));
      if (entry != null && entry.inFlight) {
        entry.inFlight = false;
        entry.dueNs = nowNs + config.retryNs;
        enqueue(entry);
      }
    }
  }

  /**
   * How long until {@link #next} may have something, if nothing else happens.
   *
   * @param nowNs now
   * @return 0 or more nanoseconds; {@link Long#MAX_VALUE} if only an event can change the answer
   */
  long waitNs(long nowNs) {
    while (true) {
      Entry entry = queue.peek();
      if (entry == null || batchesInFlight >= config.maxBatchesInFlight) {
        return Long.MAX_VALUE;
      }
      if (!entry.applied) {
        return Math.max(0, entry.dueNs - nowNs);
      }
      queue.remove();
      entry.queued = false;
    }
  }

  /** How many orders are not applied yet. */
  int size() {
    return entries.size();
  }

  /** How many orders were handed out by {@link #next}, repetitions included. */
  long submitted() {
    return submitted;
  }

  private long dueOf(long nowNs) {
    return leading ? nowNs : nowNs + config.takeOverNs;
  }

  private void enqueue(Entry entry) {
    if (!entry.queued) {
      entry.queued = true;
      queue.add(entry);
    }
  }
}

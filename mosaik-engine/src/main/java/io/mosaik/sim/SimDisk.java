package io.mosaik.sim;

import io.mosaik.groups.log.LogStorage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a node keeps when it crashes: named slots, each with one immutable value, and the logs of
 * groups. What was written and not yet synced is lost in a crash, as bytes are that the operating
 * system had not written out. A disk can be slow, and it can be full.
 */
public final class SimDisk {

  private final Scheduler scheduler;
  private final SplittableRandom random;
  private final Map<String, Slot<?>> slots = new LinkedHashMap<>();
  private final Map<String, SimLog> logs = new LinkedHashMap<>();
  private long leastSyncNs;
  private long mostSyncNs;
  private boolean full;
  private long syncs;

  SimDisk(Scheduler scheduler, SplittableRandom random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /**
   * The log of that name, for one run of one member of a group: hand it to {@code
   * GroupBuilder.storage(..)} at each start. A crash loses some or all of what was not synced, from
   * the end; {@linkplain World#crashWithDiskLoss the loss of the disk} everything, the member's
   * incarnation included.
   */
  public LogStorage log(String name) {
    return logs.computeIfAbsent(name, key -> new SimLog(this)).storage();
  }

  /**
   * Sets how long it takes to sync a log: evenly distributed between the two, in the time of the
   * world; no time at first. Slots are synced at once.
   *
   * @throws IllegalArgumentException unless 0 ≤ least ≤ most
   */
  public SimDisk syncTime(Duration least, Duration most) {
    if (least.isNegative() || least.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "a sync takes from zero on, the least time first; these are " + least + ", " + most);
    }
    leastSyncNs = SimClock.saturatedNs(least);
    mostSyncNs = SimClock.saturatedNs(most);
    return this;
  }

  /** While it is full, whatever is written to a log fails; false at first. */
  public SimDisk full(boolean isFull) {
    full = isFull;
    return this;
  }

  boolean isFull() {
    return full;
  }

  /** Runs it when a sync that begins now has ended: before this returns, if that takes no time. */
  void afterSync(Runnable task) {
    syncs++;
    if (mostSyncNs == 0) {
      task.run();
    } else {
      long span = mostSyncNs - leastSyncNs;
      scheduler.plan(Event.of(task), leastSyncNs + (span == 0 ? 0 : random.nextLong(span)));
    }
  }

  /**
   * The slot of that name, made with the initial value if there is none: the same object, and what
   * it holds, after each restart.
   *
   * @param initial of an immutable type, which must be the same each time
   */
  @SuppressWarnings("unchecked") // who asks for a name asks for its type, as the contract says
  public <T> Slot<T> slot(String name, T initial) {
    return (Slot<T>) slots.computeIfAbsent(name, key -> new Slot<>(initial));
  }

  /** How many syncs there were, of all slots and logs. */
  public long syncs() {
    return syncs;
  }

  void syncAll() {
    slots.values().forEach(Slot::keep);
    logs.values().forEach(SimLog::syncAll);
  }

  void loseUnsynced() {
    slots.values().forEach(Slot::loseUnsynced);
    logs.values().forEach(log -> log.loseUnsynced(random));
  }

  void loseAll() {
    loseUnsynced();
    slots.clear();
    logs.clear();
  }

  /**
   * One value on a disk.
   *
   * @param <T> an immutable type
   */
  public final class Slot<T> {

    private T value;
    private T synced;

    private Slot(T initial) {
      value = initial;
      synced = initial;
    }

    /** The value last set. */
    public T get() {
      return value;
    }

    /** Sets a value, which a crash before the next {@link #sync} takes back. */
    public void set(T next) {
      value = next;
    }

    /** Makes the present value survive crashes. */
    public void sync() {
      keep();
      syncs++;
    }

    private void keep() {
      synced = value;
    }

    private void loseUnsynced() {
      value = synced;
    }
  }
}

package io.mosaik.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a node keeps when it crashes: named slots, each with one immutable value. A value that was
 * set and not yet synced is lost in a crash, as bytes are that the operating system had not written
 * out.
 */
public final class SimDisk {

  private final Map<String, Slot<?>> slots = new LinkedHashMap<>();
  private long syncs;

  SimDisk() {}

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

  /** How many syncs there were, of all slots. */
  public long syncs() {
    return syncs;
  }

  void syncAll() {
    slots.values().forEach(Slot::keep);
  }

  void loseUnsynced() {
    slots.values().forEach(Slot::loseUnsynced);
  }

  void loseAll() {
    slots.clear();
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

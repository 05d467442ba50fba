package io.mosaik.sim;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A binary heap of events that knows each one's place, so that taking one back is cheap too. */
final class EventQueue {

  private @Nullable Event[] heap = new Event[256];
  private int size;
  private long nextSequence;

  void add(Event event, long atNs) {
    if (event.isPlanned()) {
      throw new IllegalStateException("the event is planned already");
    }
    event.atNs = atNs;
    event.sequence = nextSequence++;
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    siftUp(size++, event);
  }

  @Nullable Event peek() {
    return heap[0];
  }

  Event poll() {
    Event first = at(0);
    remove(first);
    return first;
  }

  /** Takes an event back; does nothing if it is not planned. */
  void remove(Event event) {
    int hole = event.heapIndex;
    if (hole < 0) {
      return;
    }
    event.heapIndex = -1;
    Event last = at(--size);
    heap[size] = null;
    if (hole == size) {
      return;
    }
    siftDown(hole, last);
    if (at(hole).equals(last)) {
      siftUp(hole, last);
    }
  }

  int size() {
    return size;
  }

  private Event at(int index) {
    return Objects.requireNonNull(heap[index]);
  }

  private void siftUp(int from, Event event) {
    int hole = from;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      Event above = at(parent);
      if (above.isBefore(event)) {
        break;
      }
      put(hole, above);
      hole = parent;
    }
    put(hole, event);
  }

  private void siftDown(int from, Event event) {
    int hole = from;
    int firstLeaf = size >>> 1;
    while (hole < firstLeaf) {
      int child = 2 * hole + 1;
      if (child + 1 < size && at(child + 1).isBefore(at(child))) {
        child++;
      }
      Event below = at(child);
      if (event.isBefore(below)) {
        break;
      }
      put(hole, below);
      hole = child;
    }
    put(hole, event);
  }

  private void put(int index, Event event) {
    heap[index] = event;
    event.heapIndex = index;
  }
}

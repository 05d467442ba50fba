package io.mosaik.sim;

/** Something that happens at a time. Sits in at most one {@link EventQueue}. */
abstract class Event {

  /** When, in nanoseconds of the world. */
  long atNs;

  /** Decides among events of the same time: first planned, first to happen. */
  long sequence;

  /** Its place in the queue's heap, or -1. */
  int heapIndex = -1;

  /** Happens. */
  abstract void fire();

  final boolean isPlanned() {
    return heapIndex >= 0;
  }

  final boolean isBefore(Event other) {
    return atNs != other.atNs ? atNs < other.atNs : sequence < other.sequence;
  }

  static Event of(Runnable action) {
    return new Event() {
      @Override
      void fire() {
        action.run();
      }
    };
  }
}

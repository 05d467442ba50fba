package io.mosaik.groups.raft;

import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The next epochs that a member has agreed to go on in, and whose first entry it doesn't have
 * (G3-G5). It stores them before it says so. One may have begun without its knowing; so it acts in
 * no other lineage until it knows that none has: because who leads or stands elsewhere in its term
 * or a later one can't have promised it, or has taken that back by the same rule.
 */
final class Promises {

  private final ArrayList<Promise> promises;
  private boolean changed;

  Promises(List<Promise> stored) {
    promises = new ArrayList<>(stored);
  }

  List<Promise> all() {
    return List.copyOf(promises);
  }

  boolean isEmpty() {
    return promises.isEmpty();
  }

  boolean isFull() {
    return promises.size() >= HardState.MAX_PROMISES;
  }

  /** Whether there is something new to store; asked once. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  private int indexOf(Lineage next) {
    for (int i = promises.size() - 1; i >= 0; i--) {
      if (promises.get(i).next().equals(next)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether this epoch was promised, and may have begun. */
  boolean include(Lineage next) {
    return indexOf(next) >= 0;
  }

  /** Promises; instead of an earlier attempt at the same epoch, which has failed. */
  void add(Promise promise) {
    promises.removeIf(earlier -> earlier.next().equals(promise.next()));
    promises.add(promise);
    changed = true;
  }

  /** The leader of an epoch was heard of, so it has begun. What was promised beside it is void. */
  void begin(Lineage next, Member leader) {
    if (next.equals(begun())) {
      return;
    }
    int of = indexOf(next);
    Promise begun = of >= 0 ? promises.get(of).begun() : Promise.begun(next, leader);
    promises.clear();
    promises.add(begun);
    changed = true;
  }

  /** The epoch that is known to have begun; {@link Lineage#NONE} if none is. */
  Lineage begun() {
    boolean some = !promises.isEmpty() && promises.getFirst().isBegun();
    return some ? promises.getFirst().next() : Lineage.NONE;
  }

  void clear() {
    changed |= !promises.isEmpty();
    promises.clear();
  }

  /** The log is of this lineage now: of what was promised, only later epochs are still to come. */
  void reached(Lineage lineage) {
    changed |= promises.removeIf(promise -> !promise.next().isEpochAfter(lineage));
  }

  /**
   * G5: whether to listen to one who leads, or stands for election, in a lineage: that of the own
   * log, or a promised epoch. In the term of a promise or a later one, and in another lineage, it
   * is proof that the promised epoch has not begun: the sender has voted for itself, and so has not
   * promised. It is none if the promise counts the sender as gone, and so didn't need it.
   */
  boolean admit(Lineage lineage, long term, Member from) {
    int of = indexOf(lineage);
    if (of >= 0 && term < promises.get(of).term()) {
      return false;
    }
    for (int i = of + 1; i < promises.size(); i++) {
      Promise later = promises.get(i);
      if (later.isBegun() || term < later.term() || later.gone().contains(from)) {
        return false;
      }
    }
    if (of + 1 < promises.size()) {
      promises.subList(of + 1, promises.size()).clear();
      changed = true;
    }
    return true;
  }

  /** Who may have begun what was promised after this lineage (G2). */
  Set<Member> awaitedAfter(Lineage lineage) {
    var awaited = new TreeSet<Member>();
    for (int i = indexOf(lineage) + 1; i < promises.size(); i++) {
      awaited.addAll(promises.get(i).committee());
    }
    return awaited;
  }

  /** Whether another epoch than this was promised, with as great a number. */
  boolean includeOtherThan(Lineage next) {
    return promises.stream()
        .anyMatch(
            promise -> !promise.next().equals(next) && promise.next().epoch() >= next.epoch());
  }

  /** The number of the latest epoch that was promised; 0 if none was. */
  int epoch() {
    return promises.stream().mapToInt(promise -> promise.next().epoch()).max().orElse(0);
  }
}

package io.mosaik.groups;

import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.history.CellAction;
import io.mosaik.groups.history.History;
import io.mosaik.runtime.Strand;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One user of a member, who does one thing after the other to the cells and waits for each: reads,
 * strong and weak, and changes of all kinds, with deadlines of all lengths.
 */
final class CellClient {

  static final List<String> CELLS = List.of("x", "y", "z");
  private static final int LONGEST_PAUSE_MS = 200;

  private final String name;
  private final Group<Change, Long, String, Long> group;
  private final History history;
  private final AgreedCells agreed;
  private final RandomGenerator random;
  private final Strand strand;
  private final Runnable onAct;
  private final Map<String, Long> lastSeen = new HashMap<>();
  private long lastIndex;
  private boolean stopped;

  CellClient(
      String name,
      Group<Change, Long, String, Long> group,
      History history,
      AgreedCells agreed,
      RandomGenerator random,
      Strand strand,
      Runnable onAct) {
    this.name = name;
    this.group = group;
    this.history = history;
    this.agreed = agreed;
    this.random = random;
    this.strand = strand;
    this.onAct = onAct;
  }

  void start() {
    var unused = strand.schedule(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MS)), this::act);
  }

  /** What is under way ends; nothing follows. */
  void stop() {
    stopped = true;
  }

  private void act() {
    if (stopped) {
      return;
    }
    onAct.run();
    String cell = CELLS.get(random.nextInt(CELLS.size()));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> readStrong(cell);
      case 3 -> readWeak(cell);
      case 4, 5 -> change(cell, new CellAction.Write(history.unique()));
      case 6, 7 -> change(cell, swap(cell));
      case 8 -> change(cell, new CellAction.Add(1));
      default -> change(cell, new CellAction.Read());
    }
    start();
  }

  private void change(String cell, CellAction action) {
    var change = new Change(history.unique(), cell, action);
    History.Pending pending = history.call(name, cell, action);
    try {
      Executed<Long> done = group.execute(change, deadline());
      pending.answered(done.result());
      agreed.executed(done.index(), change, done.result());
      sees(done.index());
      remember(cell, action, done.result());
    } catch (GroupException e) {
      switch (e.outcome()) {
        case OFFLINE, REJECTED -> pending.refused();
        case UNKNOWN -> pending.unknown();
      }
    }
  }

  /** From what it saw last, which may be true no more. */
  private CellAction swap(String cell) {
    return new CellAction.CompareAndSet(lastSeen.getOrDefault(cell, 0L), history.unique());
  }

  private void remember(String cell, CellAction action, long answer) {
    switch (action) {
      case CellAction.Read read -> lastSeen.put(cell, answer);
      case CellAction.Write write -> lastSeen.put(cell, write.value());
      case CellAction.Add add -> lastSeen.put(cell, answer);
      case CellAction.CompareAndSet swap -> {
        if (answer == 1) {
          lastSeen.put(cell, swap.next());
        }
      }
    }
  }

  private Duration deadline() {
    return Duration.ofMillis(500L << random.nextInt(5));
  }

  private void readStrong(String cell) {
    History.Pending pending = history.call(name, cell, new CellAction.Read());
    try {
      Answered<Long> answered = group.query(cell, Consistency.STRONG);
      pending.answered(answered.answer());
      agreed.answered(name, cell, answered.index(), answered.answer());
      sees(answered.index());
      lastSeen.put(cell, answered.answer());
    } catch (GroupException e) {
      pending.refused();
    }
  }

  /** A state that the cells had once, never older than what this user has seen already. */
  private void readWeak(String cell) {
    try {
      Answered<Long> answered = group.query(cell, Consistency.WEAK);
      agreed.answered(name, cell, answered.index(), answered.answer());
      sees(answered.index());
      lastSeen.put(cell, answered.answer());
    } catch (GroupException e) {
      // The member has left.
    }
  }

  private void sees(long index) {
    agreed.seen(name, lastIndex, index);
    lastIndex = Math.max(lastIndex, index);
  }
}

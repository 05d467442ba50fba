package io.mosaik.groups;

import io.mosaik.groups.CellMachine.Change;
import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.history.CellAction;
import io.mosaik.groups.history.History;
import io.mosaik.groups.log.Lineage;
import io.mosaik.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One user of a member, who does one thing after the other to the cells and waits for each: reads,
 * strong and weak, and changes of all kinds, one, several at once, and such as are only handed
 * over, with deadlines of all lengths.
 */
final class CellClient {

  static final List<String> CELLS = List.of("x", "y", "z");
  private static final int LONGEST_PAUSE_MS = 200;

  private final String name;
  private final Group<Change, Long, String, Long> group;
  private final History history;
  private final Copies copies;
  private final RandomGenerator random;
  private final Strand strand;
  private final Host host;
  private final Map<String, Long> lastSeen = new HashMap<>();
  private Lineage lastLineage = Lineage.NONE;
  private long lastIndex;
  private boolean stopped;

  /** The member that the user is at. */
  interface Host {

    /** Whose entries its machine has applied. */
    Lineage lineage();

    /** A command of this lineage was acknowledged to a user. */
    void acknowledges(Lineage lineage);
  }

  CellClient(
      String name,
      Group<Change, Long, String, Long> group,
      History history,
      Copies copies,
      RandomGenerator random,
      Strand strand,
      Host host) {
    this.name = name;
    this.group = group;
    this.history = history;
    this.copies = copies;
    this.random = random;
    this.strand = strand;
    this.host = host;
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
    String cell = CELLS.get(random.nextInt(CELLS.size()));
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3, 4, 5 -> readStrong(cell);
      case 6, 7 -> readWeak(cell);
      case 8, 9 -> changeAll();
      case 10 -> feed(cell);
      default -> change(cell, anyAction(cell));
    }
    start();
  }

  private CellAction anyAction(String cell) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> new CellAction.Write(history.unique());
      case 2, 3 -> swap(cell);
      case 4 -> new CellAction.Add(1);
      default -> new CellAction.Read();
    };
  }

  /** A change that was called. */
  private record Called(Change change, History.Pending pending) {}

  private Called call(String cell, CellAction action) {
    var change = new Change(history.unique(), cell, action);
    return new Called(change, history.call(name, cell, action, change.number()));
  }

  private void change(String cell, CellAction action) {
    Called called = call(cell, action);
    try {
      done(called, group.execute(called.change, deadline()));
    } catch (GroupException e) {
      fails(List.of(called), e);
    }
  }

  /** A few that stay together unless the leader changes. */
  private void changeAll() {
    List<Called> all = new ArrayList<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      String cell = CELLS.get(random.nextInt(CELLS.size()));
      all.add(call(cell, anyAction(cell)));
    }
    try {
      List<Result<Long>> results =
          group.executeAll(all.stream().map(Called::change).toList(), deadline());
      for (int i = 0; i < all.size(); i++) {
        done(all.get(i), results.get(i).orThrow());
      }
      requireInOnePiece(results);
    } catch (GroupException e) {
      fails(all, e);
    }
  }

  private void requireInOnePiece(List<Result<Long>> results) {
    for (int i = 1; i < results.size(); i++) {
      Result<Long> before = results.get(i - 1);
      Result<Long> next = results.get(i);
      copies.seen(name + "'s batch", before.index() + 1, next.index());
      if (next.term() == before.term()) {
        copies.seen(name + "'s batch in one term", next.index(), before.index() + 1);
      }
    }
  }

  /** Hands it over, and never hears what became of it. */
  private void feed(String cell) {
    Called called = call(cell, anyAction(cell));
    try {
      var unused = group.feed(called.change, deadline());
      called.pending.unknown();
    } catch (GroupException e) {
      fails(List.of(called), e);
    }
  }

  private void done(Called called, Executed<Long> done) {
    Lineage lineage = copies.executed(done.index(), called.change, done.result());
    if (lineage != null) {
      called.pending.answered(lineage.toString(), done.result(), done.index());
      host.acknowledges(lineage);
      sees(lineage, done.index());
      remember(called.change.cell(), called.change.action(), done.result());
    }
  }

  private static void fails(List<Called> all, GroupException e) {
    for (Called called : all) {
      switch (e.outcome()) {
        case OFFLINE, REJECTED -> called.pending.refused();
        case UNKNOWN -> called.pending.unknown();
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
    Lineage before = host.lineage();
    try {
      Answered<Long> answered = group.query(cell, Consistency.STRONG);
      Lineage of = answered(cell, before, answered);
      if (of == null) {
        pending.refused();
      } else {
        pending.answered(of.toString(), answered.answer(), answered.index());
      }
    } catch (GroupException e) {
      pending.refused();
    }
  }

  /** A state that the cells had once, never older than what this user has seen already. */
  private void readWeak(String cell) {
    Lineage before = host.lineage();
    try {
      var unused = answered(cell, before, group.query(cell, Consistency.WEAK));
    } catch (GroupException e) {
      // The member has left.
    }
  }

  private @Nullable Lineage answered(String cell, Lineage before, Answered<Long> answered) {
    Lineage of =
        copies.answered(name, cell, before, host.lineage(), answered.index(), answered.answer());
    if (of != null) {
      sees(of, answered.index());
      lastSeen.put(cell, answered.answer());
    }
    return of;
  }

  private void sees(Lineage lineage, long index) {
    if (!lineage.equals(lastLineage)) {
      lastLineage = lineage;
      lastIndex = 0;
    }
    copies.seen(name, lastIndex, index);
    lastIndex = Math.max(lastIndex, index);
  }
}

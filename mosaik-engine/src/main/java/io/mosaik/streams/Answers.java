package io.mosaik.streams;

import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Completes users' futures. What hangs on one is users' code and may block, even until another is
 * complete: so the others go on without it, on another strand. Collected on one strand.
 */
final class Answers {

  private final Platform platform;
  private final String name;
  private List<Answer> batch = new ArrayList<>();

  private record Answer(CompletableFuture<?> future, Runnable completion) {}

  /**
   * None yet.
   *
   * @param name of whom the answers are
   */
  Answers(Platform platform, String name) {
    this.platform = platform;
    this.name = name + ", answers";
  }

  /** Adds one to the batch. */
  void add(CompletableFuture<?> future, Runnable completion) {
    batch.add(new Answer(future, completion));
  }

  /** The batch is complete. */
  void flush() {
    if (!batch.isEmpty()) {
      List<Answer> due = batch;
      batch = new ArrayList<>();
      complete(due, 0);
    }
  }

  private void complete(List<Answer> due, int first) {
    Strand own = platform.newUserStrand(name);
    own.execute(() -> {
      int next = first;
      while (next < due.size()) {
        Answer answer = due.get(next++);
        if (next < due.size() && answer.future.getNumberOfDependents() > 0) {
          complete(due, next);
          next = due.size();
        }
        answer.completion.run();
      }
      own.close();
    });
  }
}

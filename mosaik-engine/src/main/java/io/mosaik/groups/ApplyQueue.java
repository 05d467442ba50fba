package io.mosaik.groups;

import io.mosaik.groups.Applier.Item;
import io.mosaik.groups.Group.Answered;
import io.mosaik.runtime.Strand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Brings committed entries and strong reads to the machine's strand, in order, a bounded batch at a
 * time: the machine may be slow, and what it has not taken yet waits here as references into the
 * log. Everything on the group's strand.
 */
final class ApplyQueue<C, R, Q, A> {

  private static final int MAX_BATCH_ENTRIES = 512;

  private sealed interface Work<R, Q, A> {

    record Apply<R, Q, A>(Item<R> item) implements Work<R, Q, A> {}

    record Answer<R, Q, A>(Q query, CompletableFuture<Answered<A>> future)
        implements Work<R, Q, A> {}
  }

  /**
   * Hears of the machine's progress, on the group's strand.
   *
   * @param <R> results
   */
  interface Listener<R> {

    /** Everything is applied up to the index, these calls of this member among it. */
    void applied(long index, List<Call<R>> calls);

    /** The JVM failed while the machine ran. */
    void broken(Error error);
  }

  private final Strand strand;
  private final Strand machineStrand;
  private final Applier<C, R, Q, A> applier;
  private final Listener<R> listener;
  private final ArrayDeque<Work<R, Q, A>> waiting = new ArrayDeque<>();
  private boolean busy;

  /**
   * An empty queue.
   *
   * @param listener hears of the progress
   */
  ApplyQueue(
      Strand strand, Strand machineStrand, Applier<C, R, Q, A> applier, Listener<R> listener) {
    this.strand = strand;
    this.machineStrand = machineStrand;
    this.applier = applier;
    this.listener = listener;
  }

  void apply(Item<R> item) {
    waiting.add(new Work.Apply<>(item));
  }

  void answer(Q query, CompletableFuture<Answered<A>> future) {
    waiting.add(new Work.Answer<>(query, future));
  }

  /** Gives the machine what waits, unless it is busy. */
  void pump() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    List<Work<R, Q, A>> batch = new ArrayList<>(Math.min(waiting.size(), MAX_BATCH_ENTRIES));
    while (batch.size() < MAX_BATCH_ENTRIES && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    machineStrand.execute(() -> run(batch));
  }

  /** On the machine's strand. */
  private void run(List<Work<R, Q, A>> batch) {
    long lastIndex = 0;
    List<Call<R>> calls = new ArrayList<>();
    try {
      List<Item<R>> items = new ArrayList<>(batch.size());
      for (Work<R, Q, A> work : batch) {
        switch (work) {
          case Work.Apply<R, Q, A> apply -> {
            items.add(apply.item());
            lastIndex = apply.item().index();
            if (apply.item().call() != null) {
              calls.add(apply.item().call());
            }
          }
          case Work.Answer<R, Q, A> answer -> {
            applier.apply(items);
            items.clear();
            applier.query(answer.query(), answer.future());
          }
        }
      }
      applier.apply(items);
    } catch (Error e) {
      strand.execute(() -> listener.broken(e));
      throw e;
    }
    long appliedIndex = lastIndex;
    strand.execute(() -> {
      busy = false;
      if (appliedIndex > 0) {
        listener.applied(appliedIndex, calls);
      }
      pump();
    });
  }
}

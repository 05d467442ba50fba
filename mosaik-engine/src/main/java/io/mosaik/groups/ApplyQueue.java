package io.mosaik.groups;

import io.mosaik.groups.Applier.Item;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Effect;
import io.mosaik.runtime.Strand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings committed entries and strong reads to the machine's strand, in order, a bounded batch at a
 * time: the machine may be slow, and what it has not taken yet waits here as references into the
 * log. Everything on the group's strand.
 */
final class ApplyQueue<C, R, Q, A> {

  private static final int MAX_BATCH_ENTRIES = 512;

  private sealed interface Work<R> {

    record Apply<R>(Item<R> item) implements Work<R> {}

    record Ask<R>(Runnable question) implements Work<R> {}

    record Rebuild<R>(@Nullable SnapshotManifest snapshot, Origin self) implements Work<R> {}

    record Cut<R>(Effect.Cut cut) implements Work<R> {}
  }

  /**
   * Hears of the machine's progress, on the group's strand.
   *
   * @param <R> results
   */
  interface Listener<R> {

    /** The machine is given work. */
    void begins();

    /**
     * Everything is applied up to the index, these calls of this member among it. The index is an
     * earlier one than before where the machine was started over.
     */
    void applied(long index, List<Call<R>> calls);

    /**
     * The machine has started over from a snapshot.
     *
     * @param lastSequence the last of this member's own commands in it
     */
    void restored(SnapshotManifest snapshot, long lastSequence);

    /** The state at a cut; null if there is none. On the machine's strand. */
    void imaged(Effect.Cut cut, @Nullable MachineImage image);

    /** The JVM failed while the machine ran, or the machine can't be started over. */
    void broken(Throwable error);
  }

  private final Strand strand;
  private final Strand machineStrand;
  private final Applier<C, R, Q, A> applier;
  private final Listener<R> listener;
  private final ArrayDeque<Work<R>> waiting = new ArrayDeque<>();
  private boolean busy;
  private volatile int waitingCount;

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

  /** How much waits for the machine, what it was given already not included; from any thread. */
  int waitingCount() {
    return waitingCount;
  }

  void apply(Item<R> item) {
    waiting.add(new Work.Apply<>(item));
  }

  /**
   * Starts the machine over, after all that was given before.
   *
   * @param snapshot from which; null for the beginning of a log
   * @param self the origin of this member's commands
   */
  void rebuild(@Nullable SnapshotManifest snapshot, Origin self) {
    waiting.add(new Work.Rebuild<>(snapshot, self));
  }

  /** Takes an image of the state, after all that was given before. */
  void cut(Effect.Cut cut) {
    waiting.add(new Work.Cut<>(cut));
  }

  /** Runs the question on the machine's strand, after all that was given before it. */
  void ask(Runnable question) {
    waiting.add(new Work.Ask<>(question));
  }

  /** Gives the machine what waits, unless it is busy. */
  void pump() {
    waitingCount = waiting.size();
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    listener.begins();
    List<Work<R>> batch = new ArrayList<>(Math.min(waiting.size(), MAX_BATCH_ENTRIES));
    while (batch.size() < MAX_BATCH_ENTRIES && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    machineStrand.execute(() -> run(batch));
  }

  private void report(List<Call<R>> calls) {
    long appliedIndex = applier.appliedIndex();
    strand.execute(() -> listener.applied(appliedIndex, calls));
  }

  /** On the machine's strand. */
  private void run(List<Work<R>> batch) {
    List<Call<R>> calls = new ArrayList<>();
    try {
      List<Item<R>> items = new ArrayList<>(batch.size());
      for (Work<R> work : batch) {
        switch (work) {
          case Work.Apply<R> apply -> items.add(apply.item());
          case Work.Ask<R> ask -> {
            calls.addAll(applier.apply(items));
            items.clear();
            ask.question().run();
          }
          case Work.Rebuild<R> rebuild -> {
            calls.addAll(applier.apply(items));
            items.clear();
            report(List.copyOf(calls));
            calls.clear();
            SnapshotManifest snapshot = rebuild.snapshot();
            applier.rebuild(snapshot);
            if (snapshot != null) {
              long lastSequence = applier.lastApplied(rebuild.self());
              strand.execute(() -> listener.restored(snapshot, lastSequence));
            }
          }
          case Work.Cut<R> cut -> {
            calls.addAll(applier.apply(items));
            items.clear();
            listener.imaged(cut.cut(), applier.image());
          }
        }
      }
      calls.addAll(applier.apply(items));
    } catch (RuntimeException | Error e) {
      strand.execute(() -> listener.broken(e));
      throw e;
    }
    long appliedIndex = applier.appliedIndex();
    strand.execute(() -> {
      busy = false;
      listener.applied(appliedIndex, calls);
      pump();
    });
  }
}

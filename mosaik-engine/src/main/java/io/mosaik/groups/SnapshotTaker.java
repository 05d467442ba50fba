package io.mosaik.groups;

import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotOutput;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.raft.Effect;
import io.mosaik.runtime.Strand;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this member's own snapshots, one at a time: a cut that comes while one is written is left
 * out. On the group's strand, but for what says otherwise.
 */
final class SnapshotTaker {

  private static final Logger log = LoggerFactory.getLogger(SnapshotTaker.class);
  private static final int BUFFER_BYTES = 16 << 10;

  private final Strand strand;
  private final Strand disk;
  private final MachineActivity activity;
  private final LogStorage storage;
  private final Consumer<SnapshotManifest> onStored;
  private final Consumer<String> onBroken;
  private final Runnable onEnded;
  private boolean busy;

  /** Whether what is being written is of no use any more. */
  private volatile boolean isVoid;

  private Runnable next = () -> {};

  /**
   * Nothing is being written yet.
   *
   * @param disk where it is written
   * @param activity is told while the machine gives the bytes of an image
   * @param onStored is told what is durable
   * @param onBroken is told why the storage can't keep its promises any more
   * @param onEnded is told when a snapshot is stored, or given up
   */
  SnapshotTaker(
      Strand strand,
      Strand disk,
      MachineActivity activity,
      LogStorage storage,
      Consumer<SnapshotManifest> onStored,
      Consumer<String> onBroken,
      Runnable onEnded) {
    this.strand = strand;
    this.disk = disk;
    this.activity = activity;
    this.storage = storage;
    this.onStored = onStored;
    this.onBroken = onBroken;
    this.onEnded = onEnded;
  }

  /** Whether a snapshot may be taken now; then {@link #take} is to follow. */
  boolean begin() {
    if (busy) {
      return false;
    }
    busy = true;
    isVoid = false;
    return true;
  }

  boolean isBusy() {
    return busy;
  }

  /** Runs the task when no snapshot is being written; in the place of one that waits already. */
  void whenIdle(Runnable task) {
    if (busy) {
      next = task;
    } else {
      task.run();
    }
  }

  /** The machine starts over: what is being written of its state is not to be used. */
  void discard() {
    isVoid = true;
  }

  private void idle() {
    busy = false;
    onEnded.run();
    Runnable task = next;
    next = () -> {};
    task.run();
  }

  /** Writes a snapshot, from the machine's strand; null if no image could be taken. */
  void take(Effect.Cut cut, @Nullable MachineImage image) {
    if (image == null) {
      strand.execute(this::idle);
    } else {
      disk.execute(() -> write(cut, image));
    }
  }

  private void write(Effect.Cut cut, MachineImage image) {
    SnapshotManifest stored = null;
    String broken = null;
    SnapshotWriter writer = null;
    long index = cut.position().index();
    activity.writes(index);
    try {
      writer = storage.newSnapshot();
      var chunks = new SnapshotOutput(writer);
      var told = new ToldOutput(chunks, () -> activity.writes(index));
      OutputStream out = new BufferedOutputStream(told, BUFFER_BYTES);
      image.writeTo(out);
      out.flush();
      if (isVoid) {
        writer.abort();
        return;
      }
      stored = chunks.finish(cut.lineage(), cut.position(), cut.committee(), cut.committeeIndex());
    } catch (LogStorageException e) {
      broken = "its log storage failed: " + e.getMessage();
    } catch (IOException | RuntimeException e) {
      log.error("The machine's snapshot at {} failed; the log stays longer", cut.position(), e);
      if (writer != null) {
        writer.abort();
      }
    } finally {
      activity.hasWritten();
      SnapshotManifest manifest = stored;
      String reason = broken;
      strand.execute(() -> {
        if (manifest != null && !isVoid) {
          onStored.accept(manifest);
        } else if (reason != null) {
          onBroken.accept(reason);
        }
        idle();
      });
    }
  }

  /** Says that it is written to, and passes on what is. */
  private static final class ToldOutput extends FilterOutputStream {

    private final Runnable listener;

    ToldOutput(OutputStream out, Runnable listener) {
      super(out);
      this.listener = listener;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      listener.run();
    }
  }
}

package io.mosaik.durable;

import io.mosaik.groups.log.LogStorage.SyncListener;
import io.mosaik.groups.log.LogStorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: what is given to it waits in a bounded queue, and all that waits is written as one
 * frame and made durable at once, for everyone who waits for that. {@link #run} does it, on a
 * thread of its own; the other methods are thread-safe.
 *
 * <p>The first failure is the last thing that happens: everyone who waits hears of it, every later
 * call throws it, and nothing is tried again. After a failed sync nobody knows what is on the disk,
 * for the system may have dropped what it could not write (fsyncgate, 2018).
 */
final class Committer implements Runnable {

  /**
   * The most bytes that wait. Who writes more fails: nobody waits here, for the threads that write
   * carry all the groups of a node. An engine stops taking long before.
   */
  static final int MAX_QUEUED_BYTES = 128 << 20;

  private static final int FRAME_BYTES = 8 << 20;
  private static final int BYTES_WITHOUT_SYNC = 1 << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Journal journal;
  private final String where;

  // Guarded by the lock.
  private final ArrayDeque<Task> queue = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private long queuedBytes;
  private long submitted;
  private long done;
  private boolean closing;
  private @Nullable LogStorageException failure;

  private sealed interface Task {

    record Write(Note.Write note, byte[] bytes) implements Task {}

    /** Whatever else must keep its place between the writes. */
    record Work(Runnable work) implements Task {}
  }

  private record Waiter(long through, SyncListener listener) {}

  /**
   * For one journal.
   *
   * @param where it is, for messages
   */
  Committer(Journal journal, String where) {
    this.journal = journal;
    this.where = where;
  }

  /**
   * Queues a write; never waits for the disk.
   *
   * @throws LogStorageException if the storage has failed or is closed, or fails now because too
   *     much waits
   */
  void write(Note.Write note) {
    byte[] bytes = Note.CODEC.toBytes(note);
    submit(new Task.Write(note, bytes), bytes.length);
  }

  /** Queues what is to be done when everything before it is durable. */
  void work(Runnable task) {
    submit(new Task.Work(task), 0);
  }

  private void submit(Task task, int bytes) {
    lock.lock();
    try {
      requireUsable();
      requireRoom(bytes);
      queue.add(task);
      queuedBytes += bytes;
      submitted++;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void requireRoom(int bytes) {
    if (!queue.isEmpty() && queuedBytes + bytes > MAX_QUEUED_BYTES) {
      throw fail(
          new LogStorageException(
              "%s: the disk does not keep up, and %,d bytes wait".formatted(where, queuedBytes)));
    }
  }

  /** Tells the listener when all that was queued so far is durable. */
  void sync(SyncListener listener) {
    lock.lock();
    try {
      requireUsable();
      if (done < submitted) {
        waiters.add(new Waiter(submitted, listener));
        work.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    listener.durable();
  }

  private void requireUsable() {
    if (failure != null) {
      throw again(failure);
    }
    if (closing) {
      throw new LogStorageException(where + ": this log is closed");
    }
  }

  private static LogStorageException again(LogStorageException first) {
    return new LogStorageException("nothing more is written: " + first.getMessage(), first);
  }

  /** Ends the storage, if nothing has before, and returns what did. */
  LogStorageException fail(LogStorageException reason) {
    List<Waiter> told;
    LogStorageException first;
    lock.lock();
    try {
      if (failure == null) {
        failure = reason;
      }
      first = failure;
      told = List.copyOf(waiters);
      waiters.clear();
      queue.clear();
      work.signalAll();
    } finally {
      lock.unlock();
    }
    told.forEach(waiter -> waiter.listener.failed(first));
    return first;
  }

  /** Throws what has ended the storage, if it has ended. */
  void check() {
    lock.lock();
    try {
      requireUsable();
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@link #run} do what is queued, and end. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Does what is queued until it is closed or fails. */
  @Override
  public void run() {
    carryOut(this::awaitWork);
  }

  /** Does what is due now, on the caller's thread. */
  void runDue() {
    carryOut(this::isWorkDue);
  }

  private void carryOut(BooleanSupplier next) {
    try {
      while (next.getAsBoolean()) {
        step();
      }
    } catch (LogStorageException e) {
      fail(e);
    } catch (Throwable e) {
      fail(new LogStorageException(where + ": its writer has failed: " + e, e));
    }
  }

  private boolean awaitWork() {
    lock.lock();
    try {
      while (!isDue() && !closing && failure == null) {
        work.awaitUninterruptibly();
      }
      return isDue();
    } finally {
      lock.unlock();
    }
  }

  private boolean isWorkDue() {
    lock.lock();
    try {
      return isDue();
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    return !queue.isEmpty()
        && (closing
            || !waiters.isEmpty()
            || queuedBytes >= BYTES_WITHOUT_SYNC
            || queue.peekLast() instanceof Task.Work);
  }

  /** Does what comes next: many writes at once, or one piece of other work. */
  private void step() {
    var writes = new ArrayList<Note.Write>();
    var records = new ArrayList<byte[]>();
    Runnable other = take(writes, records);
    if (!writes.isEmpty()) {
      journal.commit(writes, records);
    }
    if (other != null) {
      other.run();
    }
    for (SyncListener listener : finish(writes.size() + (other == null ? 0 : 1))) {
      listener.durable();
    }
  }

  private @Nullable Runnable take(List<Note.Write> writes, List<byte[]> records) {
    lock.lock();
    try {
      long bytes = 0;
      while (true) {
        switch (queue.peek()) {
          case null -> {
            return null;
          }
          case Task.Work next -> {
            queue.remove();
            return next.work;
          }
          case Task.Write next -> {
            if (bytes > 0 && bytes + next.bytes.length > FRAME_BYTES) {
              return null;
            }
            queue.remove();
            writes.add(next.note);
            records.add(next.bytes);
            bytes += next.bytes.length;
            queuedBytes -= next.bytes.length;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<SyncListener> finish(int count) {
    lock.lock();
    try {
      done += count;
      var told = new ArrayList<SyncListener>();
      while (!waiters.isEmpty() && waiters.peek().through <= done) {
        told.add(waiters.remove().listener);
      }
      return told;
    } finally {
      lock.unlock();
    }
  }
}

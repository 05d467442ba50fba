package io.mosaik.durable;

import io.mosaik.groups.log.LogStorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Files in memory that behave as badly as a disk may. An operation fails when a test says so,
 * having done a part of its work or none; {@link #crash} forgets what was not made durable, or some
 * of it: sectors of a write reach the disk each on its own, names in the order in which they were
 * given.
 */
final class FaultyFiles implements LogDirectory {

  /** What can be made to fail. */
  enum Operation {
    WRITE,
    TRUNCATE,
    FORCE,
    CREATE,
    RENAME,
    DELETE,
    SYNC_NAMES
  }

  private static final int SECTOR = Frame.SECTOR_BYTES;

  private final Random random;
  private final List<Operation> done = new ArrayList<>();
  private TreeMap<String, Inode> names = new TreeMap<>();
  private TreeMap<String, Inode> durableNames = new TreeMap<>();
  private final List<Runnable> unsyncedNames = new ArrayList<>();
  private int failAt = -1;
  private boolean failsForGood;
  private String failure = "";
  private int afterFailure;

  FaultyFiles(long seed) {
    random = new Random(seed);
  }

  /** An operation, counted from now on, fails once; the ones after it are counted. */
  void failAt(int operation, String message) {
    failAt = done.size() + operation;
    failsForGood = false;
    failure = message;
    afterFailure = 0;
  }

  /** From an operation on, counted from now on, the process is dead. */
  void dieAt(int operation) {
    failAt(operation, "the process was killed");
    failsForGood = true;
  }

  /** What was done so far, in order. */
  List<Operation> done() {
    return done;
  }

  /** How many operations came after the one that failed. */
  int afterFailure() {
    return afterFailure;
  }

  /** Whether the operation that was to fail came. */
  boolean hasFailed() {
    return failAt >= 0 && done.size() > failAt;
  }

  /** The machine goes down and comes back: what was not durable is gone, or some of it is. */
  void crash() {
    names = new TreeMap<>(durableNames);
    int survive = random.nextInt(unsyncedNames.size() + 1);
    unsyncedNames.subList(0, survive).forEach(Runnable::run);
    unsyncedNames.clear();
    names.values().forEach(Inode::crash);
    durableNames = new TreeMap<>(names);
    failAt = -1;
  }

  /** The process is killed; the machine goes on, and so does everything that it was given. */
  void kill() {
    failAt = -1;
  }

  byte[] content(String name) {
    return inode(name).current.clone();
  }

  void replace(String name, byte[] content) {
    var inode = new Inode();
    inode.current = content.clone();
    inode.durable = content.clone();
    names.put(name, inode);
    durableNames.put(name, inode);
  }

  private Inode inode(String name) {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new LogStorageException("/faulty/" + name + ": no such file");
    }
    return inode;
  }

  /** Whether the operation that comes now fails. */
  private boolean fails(Operation operation) {
    boolean now = done.size() == failAt || (failsForGood && failAt >= 0 && done.size() > failAt);
    if (failAt >= 0 && done.size() > failAt) {
      afterFailure++;
    }
    done.add(operation);
    return now;
  }

  private void fail(Operation operation) {
    if (fails(operation)) {
      throw failed();
    }
  }

  private LogStorageException failed() {
    return new LogStorageException("/faulty: " + failure);
  }

  private void name(Runnable change) {
    change.run();
    unsyncedNames.add(change);
  }

  @Override
  public String describe(String name) {
    return "/faulty/" + name;
  }

  @Override
  public List<String> list() {
    return List.copyOf(names.keySet());
  }

  @Override
  public LogFile open(String name) {
    return new Handle(inode(name));
  }

  @Override
  public LogFile create(String name) {
    fail(Operation.CREATE);
    var inode = new Inode();
    name(() -> names.put(name, inode));
    return new Handle(inode);
  }

  @Override
  public void rename(String from, String to) {
    fail(Operation.RENAME);
    name(() -> {
      Inode inode = names.remove(from);
      if (inode != null) {
        names.put(to, inode);
      }
    });
  }

  @Override
  public void delete(String name) {
    fail(Operation.DELETE);
    name(() -> names.remove(name));
  }

  @Override
  public void link(String name, String below) {
    Objects.requireNonNull(inode(name));
  }

  @Override
  public void sync() {
    fail(Operation.SYNC_NAMES);
    unsyncedNames.clear();
    durableNames = new TreeMap<>(names);
  }

  @Override
  public void close() {}

  private final class Inode {

    private byte[] current = {};
    private byte[] durable = {};
    private final List<Change> unsynced = new ArrayList<>();

    /** Cuts to a size, or writes. */
    private record Change(long offset, byte[] bytes, boolean cut) {}

    void change(Change change) {
      current = applied(current, change);
      unsynced.add(change);
    }

    void crash() {
      byte[] left = durable.clone();
      for (Change change : unsynced) {
        left =
            change.cut ? (random.nextBoolean() ? applied(left, change) : left) : some(left, change);
      }
      current = left;
      durable = left.clone();
      unsynced.clear();
    }

    /** Some sectors of a write. */
    private byte[] some(byte[] content, Change write) {
      int luck = random.nextInt(4);
      byte[] left = content;
      int at = 0;
      while (at < write.bytes.length && luck > 0) {
        int offset = (int) write.offset + at;
        int length = Math.min(write.bytes.length - at, SECTOR - offset % SECTOR);
        if (luck == 3 || random.nextBoolean()) {
          if (offset + length > left.length) {
            left = Arrays.copyOf(left, (int) write.offset + write.bytes.length);
          }
          System.arraycopy(write.bytes, at, left, offset, length);
        } else if (luck == 1) {
          break; // a part of its beginning
        }
        at += length;
      }
      return left;
    }

    private static byte[] applied(byte[] content, Change change) {
      if (change.cut) {
        return Arrays.copyOf(content, (int) change.offset);
      }
      int end = (int) change.offset + change.bytes.length;
      byte[] changed = Arrays.copyOf(content, Math.max(content.length, end));
      System.arraycopy(change.bytes, 0, changed, (int) change.offset, change.bytes.length);
      return changed;
    }
  }

  private final class Handle implements LogFile {

    private final Inode inode;

    Handle(Inode inode) {
      this.inode = inode;
    }

    @Override
    public long size() {
      return inode.current.length;
    }

    @Override
    public byte[] read(long offset, int length) {
      if (offset + length > inode.current.length) {
        throw new LogStorageException("/faulty: it ends at " + inode.current.length);
      }
      return Arrays.copyOfRange(inode.current, (int) offset, (int) offset + length);
    }

    @Override
    public void write(long offset, byte[] bytes) {
      if (fails(Operation.WRITE)) {
        byte[] part = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        inode.change(new Inode.Change(offset, part, false));
        throw failed();
      }
      inode.change(new Inode.Change(offset, bytes.clone(), false));
    }

    @Override
    public void truncate(long size) {
      fail(Operation.TRUNCATE);
      inode.change(new Inode.Change(size, new byte[0], true));
    }

    /**
     * One that fails has done nothing, and the next one succeeds without doing anything: the system
     * still shows what was written, and will never write it (fsyncgate).
     */
    @Override
    public void force() {
      if (fails(Operation.FORCE)) {
        if (!failsForGood) {
          inode.unsynced.clear();
        }
        throw failed();
      }
      if (inode.unsynced.isEmpty()) {
        return;
      }
      for (Inode.Change change : inode.unsynced) {
        inode.durable = Inode.applied(inode.durable, change);
      }
      inode.unsynced.clear();
    }

    @Override
    public void close() {}
  }
}

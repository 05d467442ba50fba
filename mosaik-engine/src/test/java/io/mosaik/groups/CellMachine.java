package io.mosaik.groups;

import io.mosaik.groups.history.CellAction;
import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.TreeMap;

/** A machine of named cells, each with one number: what histories are recorded of. */
final class CellMachine implements StateMachine<CellMachine.Change, Long, String, Long> {

  /**
   * A command: something done to a cell.
   *
   * @param number of its own, so that no two commands are equal
   * @param cell the name
   * @param action what is done
   */
  record Change(long number, String cell, CellAction action) {}

  /** Hears what is applied. */
  interface Listener {
    void applied(long index, Change change, long result);
  }

  private static final int MOST_NAME_BYTES = 64;

  private static final Codec<Change> CHANGES =
      new Codec<>() {
        @Override
        public void encode(Change change, BinaryWriter out) {
          out.varint(change.number).string(change.cell);
          switch (change.action) {
            case CellAction.Read read -> out.u8(0);
            case CellAction.Write write -> out.u8(1).i64(write.value());
            case CellAction.CompareAndSet swap -> out.u8(2).i64(swap.expected()).i64(swap.next());
            case CellAction.Add add -> out.u8(3).i64(add.amount());
          }
        }

        @Override
        public Change decode(BinaryReader in) {
          long number = in.varint();
          String cell = in.string(MOST_NAME_BYTES);
          int kind = in.u8();
          return new Change(
              number,
              cell,
              switch (kind) {
                case 0 -> new CellAction.Read();
                case 1 -> new CellAction.Write(in.i64());
                case 2 -> new CellAction.CompareAndSet(in.i64(), in.i64());
                case 3 -> new CellAction.Add(in.i64());
                default -> throw new MalformedException("no action of kind " + kind);
              });
        }
      };

  private static final Codec<String> NAMES =
      new Codec<>() {
        @Override
        public void encode(String value, BinaryWriter out) {
          out.string(value);
        }

        @Override
        public String decode(BinaryReader in) {
          return in.string(MOST_NAME_BYTES);
        }
      };

  private static final Codec<Long> NUMBERS =
      new Codec<>() {
        @Override
        public void encode(Long value, BinaryWriter out) {
          out.i64(value);
        }

        @Override
        public Long decode(BinaryReader in) {
          return in.i64();
        }
      };

  private final TreeMap<String, Long> cells = new TreeMap<>();
  private final Listener listener;

  private final StateSync sync;

  /** How many times it has started from a snapshot. */
  private int restored;

  /** How many times it has started over. */
  private int resets;

  /**
   * Without any cell.
   *
   * @param snapshots whether it has snapshots, and takes them every few commands
   */
  CellMachine(Listener listener, boolean snapshots) {
    this.listener = listener;
    sync = snapshots ? new Snapshots() : StateSync.LogReplay.DEFAULT;
  }

  @Override
  public StateSync stateSync() {
    return sync;
  }

  @Override
  public Digest stateDigest() {
    return Digest.ofName(cells.toString());
  }

  int restored() {
    return restored;
  }

  int resets() {
    return resets;
  }

  /** The names and numbers of all cells, in order. */
  private final class Snapshots implements StateSync.Snapshot {

    @Override
    public StateSync.SnapshotPolicy policy() {
      return new StateSync.SnapshotPolicy(60, 1 << 20, 10);
    }

    @Override
    public StateSync.Image image() {
      var copy = new TreeMap<>(cells);
      return out -> {
        var data = new DataOutputStream(out);
        data.writeInt(copy.size());
        for (var cell : copy.entrySet()) {
          data.writeUTF(cell.getKey());
          data.writeLong(cell.getValue());
        }
        data.flush();
      };
    }

    @Override
    public void restore(InputStream in) throws IOException {
      restored++;
      var data = new DataInputStream(in);
      int count = data.readInt();
      for (int i = 0; i < count; i++) {
        cells.put(data.readUTF(), data.readLong());
      }
    }
  }

  @Override
  public String signature() {
    return "cells.1";
  }

  @Override
  public Long apply(Change change, ApplyContext context) {
    CellAction.Done done = change.action.on(query(change.cell));
    cells.put(change.cell, done.value());
    listener.applied(context.index(), change, done.answer());
    return done.answer();
  }

  @Override
  public void reset() {
    resets++;
    cells.clear();
  }

  @Override
  public Long query(String cell) {
    return cells.getOrDefault(cell, 0L);
  }

  @Override
  public Codec<Change> commandCodec() {
    return CHANGES;
  }

  @Override
  public Codec<String> queryCodec() {
    return NAMES;
  }

  @Override
  public Codec<Long> answerCodec() {
    return NUMBERS;
  }
}

package io.mosaik.durable.processes;

import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.StateMachine;
import io.mosaik.groups.StateSync;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Keeps every number it is given, in order, also one that it has already. */
public final class Ledger implements StateMachine<Long, Integer, Boolean, List<Long>> {

  private static final int PADDING_BYTES = 100;
  private static final int MOST = 10_000_000;

  private static final Codec<Long> NUMBER =
      new Codec<>() {
        @Override
        public void encode(Long value, BinaryWriter out) {
          out.i64(value).raw(new byte[PADDING_BYTES]);
        }

        @Override
        public Long decode(BinaryReader in) {
          long value = in.i64();
          in.raw(PADDING_BYTES);
          return value;
        }
      };

  private static final Codec<Boolean> NOTHING =
      new Codec<>() {
        @Override
        public void encode(Boolean value, BinaryWriter out) {
          out.bool(value);
        }

        @Override
        public Boolean decode(BinaryReader in) {
          return in.bool();
        }
      };

  private static final Codec<List<Long>> NUMBERS =
      new Codec<>() {
        @Override
        public void encode(List<Long> value, BinaryWriter out) {
          out.varint(value.size());
          value.forEach(out::i64);
        }

        @Override
        public List<Long> decode(BinaryReader in) {
          int count = in.count(MOST, Long.BYTES);
          var numbers = new ArrayList<Long>(count);
          for (int i = 0; i < count; i++) {
            numbers.add(in.i64());
          }
          return numbers;
        }
      };

  private final List<Long> numbers = new ArrayList<>();
  private final StateSync sync;

  /** An empty one, whose log is replayed. */
  public Ledger() {
    this(0, () -> {});
  }

  /**
   * An empty one.
   *
   * @param snapshotEntries how many commands there are between snapshots; 0 for none
   * @param restored called when it has started from one
   */
  Ledger(int snapshotEntries, Runnable restored) {
    sync =
        snapshotEntries == 0 ? StateSync.LogReplay.DEFAULT : new Numbers(snapshotEntries, restored);
  }

  /** All numbers in their order, eight bytes each. */
  private final class Numbers implements StateSync.Snapshot {

    private final int entries;
    private final Runnable restored;

    Numbers(int entries, Runnable restored) {
      this.entries = entries;
      this.restored = restored;
    }

    @Override
    public StateSync.SnapshotPolicy policy() {
      return new StateSync.SnapshotPolicy(entries, Long.MAX_VALUE, entries / 10);
    }

    @Override
    public StateSync.Image image() {
      List<Long> copy = List.copyOf(numbers);
      return out -> {
        var data = new DataOutputStream(out);
        for (long number : copy) {
          data.writeLong(number);
        }
        data.flush();
      };
    }

    @Override
    public void restore(InputStream in) throws IOException {
      byte[] bytes = in.readAllBytes();
      var data = ByteBuffer.wrap(bytes);
      while (data.hasRemaining()) {
        numbers.add(data.getLong());
      }
      restored.run();
    }
  }

  @Override
  public StateSync stateSync() {
    return sync;
  }

  @Override
  public String signature() {
    return "ledger.1";
  }

  @Override
  public Integer apply(Long number, ApplyContext context) {
    numbers.add(number);
    return numbers.size();
  }

  @Override
  public void reset() {
    numbers.clear();
  }

  @Override
  public List<Long> query(Boolean query) {
    return List.copyOf(numbers);
  }

  @Override
  public Codec<Long> commandCodec() {
    return NUMBER;
  }

  @Override
  public Codec<Boolean> queryCodec() {
    return NOTHING;
  }

  @Override
  public Codec<List<Long>> answerCodec() {
    return NUMBERS;
  }
}

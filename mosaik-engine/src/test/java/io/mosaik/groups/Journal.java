package io.mosaik.groups;

import io.mosaik.groups.log.Entry;
import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A machine that keeps every line it is given, and answers how many there are. A line that begins
 * with "refuse" is refused. Any query is answered by all lines.
 */
class Journal implements StateMachine<String, Integer, String, String> {

  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void encode(String value, BinaryWriter out) {
          out.string(value);
        }

        @Override
        public String decode(BinaryReader in) {
          return in.string(Entry.MAX_COMMAND_BYTES);
        }
      };

  /** Has snapshots, which it takes by this policy; its lines one after another. */
  private final class Snapshots implements StateSync.Snapshot {

    private final StateSync.SnapshotPolicy policy;

    Snapshots(StateSync.SnapshotPolicy policy) {
      this.policy = policy;
    }

    @Override
    public StateSync.SnapshotPolicy policy() {
      return policy;
    }

    @Override
    public StateSync.Image image() {
      List<String> copy = lines();
      return out -> {
        beforeWriting.run();
        var data = new DataOutputStream(out);
        for (String line : copy) {
          data.writeUTF(line);
        }
        if (diverged) {
          data.writeUTF("something else");
        }
        data.flush();
      };
    }

    @Override
    public void restore(InputStream in) throws IOException {
      var data = new DataInputStream(in);
      for (int next = in.read(); next >= 0; next = in.read()) {
        lines.add(new String(data.readNBytes(next << 8 | in.read()), StandardCharsets.UTF_8));
      }
      restored++;
    }
  }

  private StateSync sync = StateSync.LogReplay.DEFAULT;
  private int restored;
  private boolean diverged;
  private boolean digests;
  private final List<String> lines = new ArrayList<>();
  private Runnable beforeApply = () -> {};
  private Runnable beforeQuery = () -> {};
  private Runnable beforeWriting = () -> {};
  private ObjLongConsumer<String> onApplied = (line, index) -> {};
  private int refusals;

  /** What has been applied, in order. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** How many lines there are. */
  int count() {
    return lines.size();
  }

  /** Gives it another way of state sync; before it is joined with. */
  Journal with(StateSync other) {
    sync = other;
    return this;
  }

  /** Gives it snapshots; before it is joined with. */
  Journal withSnapshots(StateSync.SnapshotPolicy policy) {
    return with(new Snapshots(policy));
  }

  /** Gives it digests of its state; before it is joined with. */
  void withDigests() {
    digests = true;
  }

  @Override
  public @Nullable Digest stateDigest() {
    return digests ? Digest.ofName(diverged + String.join(",", lines)) : null;
  }

  /** From now on its state is another one than the others'. */
  void diverge() {
    diverged = true;
  }

  /** How often it has started from a snapshot. */
  int restored() {
    return restored;
  }

  @Override
  public StateSync stateSync() {
    return sync;
  }

  int refusals() {
    return refusals;
  }

  void beforeApply(Runnable action) {
    beforeApply = action;
  }

  void beforeQuery(Runnable action) {
    beforeQuery = action;
  }

  /** Before an image of it gives its bytes, on the strand that writes them. */
  void beforeWriting(Runnable action) {
    beforeWriting = action;
  }

  void onApplied(ObjLongConsumer<String> listener) {
    onApplied = listener;
  }

  @Override
  public String signature() {
    return "journal.1";
  }

  @Override
  public Integer apply(String line, ApplyContext context) {
    beforeApply.run();
    if (line.startsWith("refuse")) {
      refusals++;
      throw new IllegalArgumentException("no " + line);
    }
    lines.add(line);
    onApplied.accept(line, context.index());
    return lines.size();
  }

  @Override
  public void reset() {
    lines.clear();
    refusals = 0;
  }

  @Override
  public String query(String query) {
    beforeQuery.run();
    return String.join(",", lines);
  }

  @Override
  public Codec<String> commandCodec() {
    return TEXT;
  }

  @Override
  public Codec<String> queryCodec() {
    return TEXT;
  }

  @Override
  public Codec<String> answerCodec() {
    return TEXT;
  }
}

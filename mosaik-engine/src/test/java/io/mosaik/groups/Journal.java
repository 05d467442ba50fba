package io.mosaik.groups;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * A machine that keeps every line it is given, and answers how many there are. A line that begins
 * with "refuse" is refused. Any query is answered by all lines.
 */
final class Journal implements StateMachine<String, Integer, String, String> {

  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void encode(String value, BinaryWriter out) {
          out.string(value);
        }

        @Override
        public String decode(BinaryReader in) {
          return in.string(1 << 20);
        }
      };

  private final List<String> lines = new ArrayList<>();
  private Runnable beforeApply = () -> {};
  private ObjLongConsumer<String> onApplied = (line, index) -> {};
  private int refusals;

  /** What has been applied, in order. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  int refusals() {
    return refusals;
  }

  void beforeApply(Runnable action) {
    beforeApply = action;
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

package io.mosaik.groups;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/** A machine without state or commands: a group of it elects a leader, and that is all. */
public final class NoOp implements StateMachine<Void, Void, Void, Void> {

  private static final Codec<Void> NOTHING =
      new Codec<>() {
        @Override
        public void encode(Void value, BinaryWriter out) {
          throw new UnsupportedOperationException("a NoOp group takes no commands or queries");
        }

        @Override
        public Void decode(BinaryReader in) {
          throw new MalformedException("a NoOp group takes no commands or queries");
        }
      };

  @Override
  public String signature() {
    return "mosaik.noop.1";
  }

  @Override
  public Void apply(Void command, ApplyContext context) {
    throw new UnsupportedOperationException("a NoOp group takes no commands");
  }

  @Override
  public void reset() {}

  @Override
  public Void query(Void query) {
    throw new UnsupportedOperationException("a NoOp group takes no queries");
  }

  @Override
  public Codec<Void> commandCodec() {
    return NOTHING;
  }

  @Override
  public Codec<Void> queryCodec() {
    return NOTHING;
  }

  @Override
  public Codec<Void> answerCodec() {
    return NOTHING;
  }
}

package io.mosaik.spring.boot;

import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.StateMachine;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;

/** Adds what it is told, and tells the sum. */
final class Counter implements StateMachine<Integer, Long, Integer, Long> {

  static final Codec<Integer> INT =
      new Codec<>() {
        @Override
        public void encode(Integer value, BinaryWriter out) {
          out.i32(value);
        }

        @Override
        public Integer decode(BinaryReader in) {
          return in.i32();
        }
      };

  private static final Codec<Long> LONG =
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

  private long sum;
  private volatile boolean broken;

  /** From now on, commands end in an error of the JVM. */
  void breakDown() {
    broken = true;
  }

  @Override
  public String signature() {
    return "counter";
  }

  @Override
  public Long apply(Integer command, ApplyContext context) {
    if (broken) {
      throw new StackOverflowError("as a test says");
    }
    sum += command;
    return sum;
  }

  @Override
  public void reset() {
    sum = 0;
  }

  @Override
  public Long query(Integer query) {
    return sum;
  }

  @Override
  public Codec<Integer> commandCodec() {
    return INT;
  }

  @Override
  public Codec<Integer> queryCodec() {
    return INT;
  }

  @Override
  public Codec<Long> answerCodec() {
    return LONG;
  }
}

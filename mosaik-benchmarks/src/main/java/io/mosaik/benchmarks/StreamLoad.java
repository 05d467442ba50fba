package io.mosaik.benchmarks;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * What a stream carries: datums of one size in one encoding, each with the time at which it was to
 * be sent.
 *
 * @param name of the load, with its encoding
 * @param bytes of a datum, written by hand
 * @param type of the datums
 * @param codec that encodes them
 * @param make makes a datum that is to be sent at the time
 * @param dueNs tells that time
 * @param <T> the datums
 */
record StreamLoad<T>(
    String name,
    int bytes,
    Class<T> type,
    Codec<T> codec,
    LongFunction<T> make,
    ToLongFunction<T> dueNs) {

  static final StreamLoad<Quote> SMALL = quotes("64 B", new QuoteCodec());
  static final StreamLoad<Quote> SMALL_CBOR = quotes("64 B as CBOR", Codecs.cbor(Quote.class));
  static final StreamLoad<Block> MEDIUM = blocks("1 KiB", 1024);
  static final StreamLoad<Block> LARGE = blocks("64 KiB", 64 * 1024);

  /** More would be copied by each collection of the heap and found in no cache. */
  private static final int BUFFERED_BYTES = 2 * 1024 * 1024;

  private static final int MOST_BUFFERED_DATUMS = 16_384;

  private static final List<StreamLoad<?>> ALL = List.of(SMALL, SMALL_CBOR, MEDIUM, LARGE);

  static StreamLoad<?> named(String name) {
    return ALL.stream().filter(load -> load.name.equals(name)).findFirst().orElseThrow();
  }

  /** How many datums each producer and each consumer holds, where nothing else is said. */
  int bufferedDatums() {
    return Math.min(BUFFERED_BYTES / bytes, MOST_BUFFERED_DATUMS);
  }

  private static StreamLoad<Quote> quotes(String name, Codec<Quote> codec) {
    return new StreamLoad<>(name, Quote.BYTES, Quote.class, codec, Quote::dueAt, Quote::dueNs);
  }

  private static StreamLoad<Block> blocks(String name, int bytes) {
    byte[] body = new byte[bytes - Long.BYTES];
    return new StreamLoad<>(
        name, bytes, Block.class, new BlockCodec(), dueNs -> new Block(dueNs, body), Block::dueNs);
  }

  /** A small datum as applications have them. */
  record Quote(
      long dueNs,
      long sequence,
      long instrument,
      long bid,
      long ask,
      long bidSize,
      long askSize,
      long venue) {

    private static final int BYTES = 8 * Long.BYTES;

    private static Quote dueAt(long dueNs) {
      return new Quote(dueNs, dueNs >>> 8, 4711, 97_000_12, 97_000_15, 250, 1_000, 3);
    }
  }

  /** A datum that is mostly bytes. */
  record Block(long dueNs, byte[] body) {}

  private static final class QuoteCodec implements Codec<Quote> {

    @Override
    public void encode(Quote quote, BinaryWriter out) {
      out.i64(quote.dueNs)
          .i64(quote.sequence)
          .i64(quote.instrument)
          .i64(quote.bid)
          .i64(quote.ask)
          .i64(quote.bidSize)
          .i64(quote.askSize)
          .i64(quote.venue);
    }

    @Override
    public Quote decode(BinaryReader in) {
      return new Quote(
          in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64());
    }
  }

  private static final class BlockCodec implements Codec<Block> {

    @Override
    public void encode(Block block, BinaryWriter out) {
      out.i64(block.dueNs).raw(block.body);
    }

    @Override
    public Block decode(BinaryReader in) {
      return new Block(in.i64(), in.rest());
    }
  }
}

package io.mosaik.streams;

import io.mosaik.id.StoreId;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the datums of a stream become a state. The same fold, by its name, is given to the producer
 * ({@link ProducerBuilder#fold}), which keeps the state of what it has sent, and to those who want
 * to see it ({@link Streams#fold}).
 *
 * <p>The reducer must be deterministic: producer and viewers apply it to the same datums in the
 * same order and must come to the same state. It returns the next state and leaves the one before
 * as it was, because others read it meanwhile. If it throws, or returns null, the datum changes
 * nothing, on every node alike.
 *
 * @param <T> the datums
 * @param <S> the state, immutable
 */
public final class Fold<T, S> {

  private static final long DEFAULT_MOST_BYTES = 64L * 1024 * 1024;
  private static final long MOST_BYTES = 1024L * 1024 * 1024;

  private final String name;
  private final S initial;
  private final BiFunction<? super S, ? super T, ? extends S> reducer;
  private final Codec<S> codec;
  private final long maxBytes;
  private final @Nullable BinaryOperator<S> merger;

  private Fold(
      String name,
      S initial,
      BiFunction<? super S, ? super T, ? extends S> reducer,
      Codec<S> codec,
      long maxBytes,
      @Nullable BinaryOperator<S> merger) {
    this.name = Objects.requireNonNull(name);
    this.initial = Objects.requireNonNull(initial);
    this.reducer = Objects.requireNonNull(reducer);
    this.codec = Objects.requireNonNull(codec);
    this.maxBytes = maxBytes;
    this.merger = merger;
  }

  /**
   * A fold whose state travels as CBOR.
   *
   * @param name tells the folds of a stream apart, the same on all nodes
   * @param initial the state before the first datum; its class must be one that Jackson maps
   *     without settings, otherwise give a {@link #codec}
   * @param reducer from a state and the next datum to the next state
   */
  @SuppressWarnings("unchecked") // the initial state is one of its class
  public static <T, S> Fold<T, S> of(
      String name, S initial, BiFunction<? super S, ? super T, ? extends S> reducer) {
    Codec<S> codec = Codecs.cbor((Class<S>) initial.getClass());
    return new Fold<>(name, initial, reducer, codec, DEFAULT_MOST_BYTES, null);
  }

  /** The same with another encoding of the state. */
  public Fold<T, S> codec(Codec<S> encoding) {
    return new Fold<>(name, initial, reducer, encoding, maxBytes, merger);
  }

  /**
   * The same with another bound of the encoded state, 64 MiB if not said: a larger one is neither
   * sent nor taken.
   *
   * @param bytes 1 to 1 GiB
   */
  public Fold<T, S> maxBytes(long bytes) {
    if (bytes < 1 || bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a state of at most " + bytes + " bytes; give 1 to " + MOST_BYTES);
    }
    return new Fold<>(name, initial, reducer, codec, bytes, merger);
  }

  /** The same, with how the states of several producers become one, in the order of their ids. */
  public Fold<T, S> merging(BinaryOperator<S> operator) {
    return new Fold<>(name, initial, reducer, codec, maxBytes, operator);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The state before the first datum. */
  public S initial() {
    return initial;
  }

  S next(S state, T datum) {
    return Objects.requireNonNull(reducer.apply(state, datum), "the reducer returned null");
  }

  Codec<S> codec() {
    return codec;
  }

  long maxBytes() {
    return maxBytes;
  }

  @Nullable BinaryOperator<S> merger() {
    return merger;
  }

  /** What it is called on the wire. */
  StoreId id(StreamName stream) {
    return new StoreId(stream.id().digest().derive(name));
  }

  @Override
  public String toString() {
    return "fold " + name;
  }
}

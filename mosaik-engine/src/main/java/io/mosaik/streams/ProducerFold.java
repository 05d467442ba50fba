package io.mosaik.streams;

import io.mosaik.runtime.Strand;
import io.mosaik.streams.flow.Encoded;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A fold at its producer: folds on a strand of users' code what the producer has handed out, in the
 * same order. What waits for it is bounded, see {@link #room}.
 *
 * <p>A snapshot is asked for on the producer's strand and taken in its turn on this one: so it is
 * of exactly the datums that were handed out before it was asked for.
 */
final class ProducerFold<T, S> {

  private static final Logger LOG = LoggerFactory.getLogger(ProducerFold.class);

  private final StreamName stream;
  private final Fold<T, S> fold;
  private final Class<T> type;
  private final Strand strand;
  private final int mostWaiting;
  private final long mostWaitingBytes;
  private final Runnable madeRoom;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong states = new AtomicLong();
  private final AtomicLong stateBytes = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private S state;
  private boolean complained;

  /**
   * @param mostWaiting how many datums may wait for the reducer
   * @param mostWaitingBytes from how many bytes on, as they are encoded, no more may
   * @param madeRoom runs on any thread when some of them have had their turn
   */
  ProducerFold(
      StreamName stream,
      Fold<T, S> fold,
      Class<T> type,
      Strand userStrand,
      int mostWaiting,
      long mostWaitingBytes,
      Runnable madeRoom) {
    this.stream = stream;
    this.fold = fold;
    this.type = type;
    this.strand = userStrand;
    this.mostWaiting = mostWaiting;
    this.mostWaitingBytes = mostWaitingBytes;
    this.madeRoom = madeRoom;
    state = fold.initial();
  }

  /** What there is to say of it; from any thread. */
  FoldInfo info() {
    return new FoldInfo(fold.name(), waiting.get(), states.get(), stateBytes.get(), failed.get());
  }

  /** How many datums may be appended now. */
  int room() {
    return waitingBytes.get() >= mostWaitingBytes ? 0 : Math.max(0, mostWaiting - waiting.get());
  }

  /** How many bytes wait for the reducer, as they are encoded; from any thread. */
  long waitingBytes() {
    return waitingBytes.get();
  }

  /** Datums were handed out. */
  void append(List<Encoded> datums) {
    var values = datums.stream().map(Encoded::value).toList();
    long bytes = datums.stream().mapToLong(Encoded::sizeBytes).sum();
    waiting.addAndGet(values.size());
    waitingBytes.addAndGet(bytes);
    strand.execute(() -> {
      try {
        values.forEach(this::apply);
      } finally {
        waiting.addAndGet(-values.size());
        waitingBytes.addAndGet(-bytes);
        madeRoom.run();
      }
    });
  }

  private void apply(Object datum) {
    try {
      state = fold.next(state, type.cast(datum));
    } catch (Throwable e) { // an Error alike: every viewer must come to the same state
      LOG.atLevel(complained ? Level.DEBUG : Level.WARN)
          .log("Stream {}: {} failed on a datum, which changes nothing", stream, fold, e);
      complained = true;
      failed.incrementAndGet();
    }
  }

  /**
   * Encodes the state of what was appended before this call.
   *
   * @param taken gets it on the strand of users' code; null if that can't be done
   */
  void snapshot(Consumer<byte @Nullable []> taken) {
    strand.execute(() -> taken.accept(encoded()));
  }

  private byte @Nullable [] encoded() {
    try {
      byte[] bytes = fold.codec().toBytes(state);
      stateBytes.set(bytes.length);
      if (bytes.length <= fold.maxBytes()) {
        states.incrementAndGet();
        return bytes;
      }
      LOG.warn(
          "Stream {}: the state of {} takes {} bytes, {} are allowed; nobody can see it",
          stream,
          fold,
          bytes.length,
          fold.maxBytes());
    } catch (Throwable e) { // the viewer must hear that no state comes
      LOG.warn("Stream {}: the state of {} can't be encoded", stream, fold, e);
    }
    failed.incrementAndGet();
    return null;
  }

  @Override
  public String toString() {
    return fold.toString();
  }
}

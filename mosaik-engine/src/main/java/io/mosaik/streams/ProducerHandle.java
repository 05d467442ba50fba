package io.mosaik.streams;

import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.WaitInterruptedException;
import io.mosaik.runtime.Watch;
import io.mosaik.streams.flow.Encoded;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The typed door to a {@link ProducerWorker}: encodes on the caller's thread. */
final class ProducerHandle<T> implements Producer<T> {

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final Platform platform;
  private final Class<T> type;
  private final DatumEncoder<T> encoder;
  private final ProducerWorker worker;
  private final Cancellation retraction;

  /**
   * @param retraction takes the producer out of the node's list and its announcement
   */
  ProducerHandle(
      Platform platform,
      Class<T> type,
      Codec<T> codec,
      ProducerWorker worker,
      Cancellation retraction) {
    this.platform = platform;
    this.type = type;
    this.encoder = new DatumEncoder<>(codec);
    this.worker = worker;
    this.retraction = retraction;
  }

  Class<T> type() {
    return type;
  }

  ProducerWorker worker() {
    return worker;
  }

  @Override
  public StreamId stream() {
    return worker.stream().id();
  }

  @Override
  public String name() {
    return worker.stream().text();
  }

  @Override
  public void send(T datum) {
    send(datum, Deadlines.DEFAULT_WAIT);
  }

  @Override
  public void send(T datum, Duration deadline) {
    send(encode(datum, null), deadline);
  }

  private void send(Encoded datum, Duration deadline) {
    switch (worker.offer(datum)) {
      case TAKEN -> {}
      case CLOSED -> throw closed();
      case OFFLINE, FULL -> worker.await(datum, deadline);
    }
  }

  @Override
  public void sendAll(Iterable<? extends T> datums) {
    sendAll(datums, Deadlines.DEFAULT_WAIT);
  }

  @Override
  public void sendAll(Iterable<? extends T> datums, Duration deadline) {
    long unused = sendAll(datums, null, platform.clock().nanoTime(), deadline);
  }

  /** Returns how many were sent; the tally, if there is one, hears of each. */
  private long sendAll(
      Iterable<? extends T> datums,
      @Nullable HandOverTally tally,
      long startNs,
      Duration deadline) {
    long sent = 0;
    try {
      for (T datum : datums) {
        Encoded encoded = encode(datum, tally);
        if (tally != null) {
          tally.expect();
        }
        send(encoded, left(startNs, deadline));
        sent++;
      }
    } catch (DeadlineExceededException e) {
      throw new DeadlineExceededException(soMany(sent, e));
    } catch (ProducerClosedException e) {
      throw new ProducerClosedException(soMany(sent, e));
    } catch (WaitInterruptedException e) {
      throw new WaitInterruptedException(soMany(sent, e));
    } catch (RuntimeException e) { // the codec's, or that of who gives the datums
      e.addSuppressed(new IllegalStateException(soMany(sent, e)));
      throw e;
    }
    return sent;
  }

  private static String soMany(long sent, RuntimeException why) {
    return sent + " datums were sent, the next one not: " + why.getMessage();
  }

  @Override
  public int sendAndCount(T datum) {
    return sendAndCount(datum, Deadlines.DEFAULT_WAIT);
  }

  @Override
  public int sendAndCount(T datum, Duration deadline) {
    return sendAllAndCount(List.of(datum), deadline);
  }

  @Override
  public int sendAllAndCount(Iterable<? extends T> datums) {
    return sendAllAndCount(datums, Deadlines.DEFAULT_WAIT);
  }

  @Override
  public int sendAllAndCount(Iterable<? extends T> datums, Duration deadline) {
    long startNs = platform.clock().nanoTime();
    var tally = new HandOverTally();
    long sent = sendAll(datums, tally, startNs, deadline);
    return sent == 0 ? 0 : tally.await(platform, left(startNs, deadline));
  }

  /** What is left of the deadline of a call that began then; never negative. */
  private Duration left(long startNs, Duration deadline) {
    return Deadlines.left(deadline, startNs, platform.clock().nanoTime());
  }

  @Override
  public SendResult<T> trySend(T datum) {
    return switch (worker.offer(encode(datum, null))) {
      case TAKEN -> SendResult.sent();
      case OFFLINE -> new SendResult.Offline<>(datum);
      case FULL -> new SendResult.Full<>(datum);
      case CLOSED -> new SendResult.Closed<>(datum);
    };
  }

  @Override
  public CompletableFuture<Integer> sendAsync(T datum) {
    var handed = new CompletableFuture<Integer>();
    Encoded encoded = encode(datum, worker.receipt(handed));
    switch (worker.offer(encoded)) {
      case TAKEN -> {}
      case CLOSED -> handed.completeExceptionally(closed());
      case OFFLINE, FULL -> worker.whenTaken(encoded, handed);
    }
    return handed;
  }

  private Encoded encode(T datum, @Nullable IntConsumer receipt) {
    return new Encoded(encoder.encode(datum), datum, receipt);
  }

  private ProducerClosedException closed() {
    return new ProducerClosedException("the producer of stream " + worker.stream() + " is closed");
  }

  @Override
  public SubscriptionConditions when() {
    return worker.conditions();
  }

  @Override
  public Watch<Boolean> online() {
    return worker.conditions().onlineWatch();
  }

  @Override
  public List<SubscriptionInfo> consumers() {
    return worker.consumers();
  }

  @Override
  public List<ShareGroupInfo> shareGroups() {
    return worker.shareGroups();
  }

  @Override
  public StreamStats stats() {
    return worker.stats();
  }

  @Override
  public PastInfo past() {
    return worker.past();
  }

  @Override
  public List<FoldInfo> folds() {
    return worker.folds();
  }

  @Override
  public Map<Refusal, Long> refusals() {
    return worker.refusals();
  }

  CompletableFuture<Void> closeAsync() {
    return closeAsync(ProducerWorker.DRAIN_DEADLINE);
  }

  private CompletableFuture<Void> closeAsync(Duration deadline) {
    retraction.cancel();
    return worker.close(deadline);
  }

  @Override
  public void close() {
    boolean unused = close(ProducerWorker.DRAIN_DEADLINE);
  }

  @Override
  public boolean close(Duration deadline) {
    Duration drain = Deadlines.within(deadline);
    platform.await(closeAsync(drain), drain.plus(CLOSE_WAIT));
    return worker.lost() == 0;
  }

  @Override
  public String toString() {
    return "producer of " + type.getName() + " on stream " + worker.stream();
  }
}

package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.streams.criteria.CriteriaCompiler;
import io.mosaik.streams.flow.Encoded;
import io.mosaik.streams.flow.FanOut;
import io.mosaik.streams.flow.Selections;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One producer at work, whatever its type: takes encoded datums from any thread and hands them, on
 * its strand, to the subscribers in batches. What is there when a turn begins makes a batch; so a
 * single datum leaves at once, and a crowd shares a frame.
 */
final class ProducerWorker {

  private static final Duration DRAIN_DEADLINE = Duration.ofSeconds(5);
  private static final long MAX_WAITING_BYTES = 64L * 1024 * 1024;
  private static final int BATCH_BYTES = 64 * 1024;
  private static final int BATCHES_PER_TURN = 16;

  private final Platform platform;
  private final ProducerSettings settings;
  private final Strand strand;
  private final Strand userStrand;
  private final Intake intake;
  private final SendWaiters waiters;
  private final Conditions conditions;
  private final Selections selections;
  private final Subscribers subscribers;
  private final StreamCounters counters = new StreamCounters();
  private final AtomicBoolean pumpDue = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final List<Encoded> turn = new ArrayList<>();
  private @Nullable Timer expiry;
  private boolean drained;

  ProducerWorker(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      CriteriaCompiler compiler) {
    this.platform = platform;
    this.settings = settings;
    String name = "producer " + settings.stream();
    strand = platform.newStrand(name);
    userStrand = platform.newUserStrand(name + ", conditions");
    intake = new Intake(settings.bufferSize(), MAX_WAITING_BYTES);
    waiters = new SendWaiters(settings.bufferSize());
    conditions =
        new Conditions(platform, userStrand, discovery, settings.online(), this::closedError);
    selections =
        new Selections(
            overflow(settings.slowConsumers()),
            settings.bufferSize(),
            MAX_WAITING_BYTES,
            () -> RandomIds.next(platform));
    subscribers =
        new Subscribers(
            platform,
            discovery,
            settings,
            compiler,
            strand,
            userStrand,
            conditions,
            selections,
            counters);
    subscribers.onRoom(this::moveOn);
  }

  private static FanOut.Overflow overflow(SlowConsumerPolicy policy) {
    return switch (policy) {
      case DISCONNECT -> FanOut.Overflow.DISCONNECT;
      case BLOCK -> FanOut.Overflow.WAIT;
      case DROP_OLDEST -> FanOut.Overflow.SKIP_OLDEST;
    };
  }

  /** Begins to admit consumers. */
  void start() {
    subscribers.start();
    Cancellation unused = conditions.onlineWatch().observe(strand, online -> pump());
  }

  StreamName stream() {
    return settings.stream();
  }

  Conditions conditions() {
    return conditions;
  }

  StreamStats stats() {
    return counters.toStats();
  }

  List<SubscriptionInfo> consumers() {
    return subscribers.infos();
  }

  // ---- from any thread ----

  /** Takes a datum if that is possible at once. */
  Producer.SendResult offer(Encoded datum) {
    boolean online = conditions.isOnline();
    if (intake.isClosed()) {
      return Producer.SendResult.CLOSED;
    }
    if (!online) {
      return Producer.SendResult.OFFLINE;
    }
    if (!waiters.isEmpty()) {
      return Producer.SendResult.FULL;
    }
    return switch (intake.reserve(datum.sizeBytes())) {
      case CLOSED -> Producer.SendResult.CLOSED;
      case FULL -> Producer.SendResult.FULL;
      case TAKEN -> {
        intake.put(datum);
        wake();
        yield Producer.SendResult.SENT;
      }
    };
  }

  /** Waits in the queue of sends, blocking; see {@link Producer#send(Object, Duration)}. */
  void await(Encoded datum, Duration deadline) {
    SendWaiters.Waiter waiter = waiters.add(datum);
    wake();
    try {
      Deadlines.await(platform, waiter.taken(), deadline, this::whyNot);
    } catch (RuntimeException e) {
      // Only who gave up leaves the queue by himself: a datum that was taken holds later ones back
      // until it has its place.
      waiters.remove(waiter);
      throw e;
    }
  }

  /** Waits in the queue of sends without blocking. */
  CompletableFuture<Void> whenTaken(Encoded datum) {
    long deadlineNs = platform.clock().nanoTime() + Deadlines.DEFAULT_WAIT.toNanos();
    var result = new CompletableFuture<Void>();
    SendWaiters.Waiter waiter = waiters.addBounded(datum, deadlineNs);
    if (waiter == null) {
      result.completeExceptionally(
          new IllegalStateException(
              settings.bufferSize()
                  + " sends are waiting already; wait for their futures before sending more"));
      return result;
    }
    var unused =
        waiter
            .taken()
            .whenComplete((nothing, error) ->
                userStrand.execute(() -> {
                  if (error == null) {
                    result.complete(null);
                  } else {
                    result.completeExceptionally(error);
                  }
                }));
    var unusedToo =
        result.whenComplete((nothing, error) -> {
          if (result.isCancelled() && waiter.taken().cancel(false)) {
            waiters.remove(waiter);
          }
        });
    wake();
    return result;
  }

  /** Admits the consumer at the other end of the link, or closes it; on any strand of the link. */
  void subscribe(Link<StreamMessage> link, StreamMessage.Subscribe request) {
    subscribers.ask(link, request);
  }

  /**
   * Takes nothing more, hands over what was taken, and closes the subscriptions, after 5 s in any
   * case.
   */
  CompletableFuture<Void> close() {
    if (closing.compareAndSet(false, true)) {
      intake.close();
      strand.execute(() -> {
        strand.schedule(DRAIN_DEADLINE, this::end);
        subscribers.refuseMore();
        pump();
      });
    }
    return ended;
  }

  private String whyNot() {
    return conditions.isOnline()
        ? "the buffer of " + settings.bufferSize() + " datums has no room"
        : "the producer is not online, which takes " + settings.online();
  }

  private ProducerClosedException closedError() {
    return new ProducerClosedException("the producer of stream " + stream() + " is closed");
  }

  private void wake() {
    if (pumpDue.compareAndSet(false, true)) {
      strand.execute(() -> {
        pumpDue.set(false);
        pump();
      });
    }
  }

  // ---- on the strand ----

  /** Something made room, or a subscriber left. */
  private void moveOn() {
    if (closing.get() || settings.slowConsumers() == SlowConsumerPolicy.BLOCK) {
      pump();
    }
  }

  private void pump() {
    letWaitersIn();
    int batches = 0;
    while (batches < BATCHES_PER_TURN && sendBatch()) {
      letWaitersIn();
      batches++;
    }
    if (batches == BATCHES_PER_TURN) {
      wake();
    }
    if (closing.get()) {
      waiters.failAll(this::closedError);
      if (intake.isDrained() && selections.isDrained()) {
        drained();
      }
    }
  }

  private boolean sendBatch() {
    int most = Math.min(selections.roomDatums(), DatumBatch.MAX_DATUMS);
    intake.poll(turn, most, BATCH_BYTES);
    if (turn.isEmpty()) {
      return false;
    }
    selections.append(turn);
    turn.clear();
    return true;
  }

  private void letWaitersIn() {
    if (waiters.isEmpty() || closing.get()) {
      return;
    }
    if (conditions.onlineWatch().get()) {
      for (SendWaiters.Waiter next = waiters.first(); next != null; next = waiters.first()) {
        int sizeBytes = next.datum().sizeBytes();
        if (intake.reserve(sizeBytes) != Intake.Offer.TAKEN) {
          break;
        }
        if (next.taken().complete(null)) {
          intake.put(next.datum());
        } else {
          intake.release(sizeBytes);
        }
        waiters.remove(next);
      }
    }
    expireWaiters();
  }

  private void expireWaiters() {
    if (expiry != null) {
      expiry.cancel();
      expiry = null;
    }
    long nowNs = platform.clock().nanoTime();
    long nextNs =
        waiters.expire(
            nowNs,
            () ->
                new DeadlineExceededException(
                    "not within " + Deadlines.DEFAULT_WAIT + ": " + whyNot()));
    if (nextNs != Long.MAX_VALUE) {
      expiry = strand.schedule(Duration.ofNanos(nextNs - nowNs), this::expireWaiters);
    }
  }

  private void drained() {
    if (!drained) {
      drained = true;
      subscribers.closeAll(CloseReason.GRACEFUL_SHUTDOWN);
      subscribers.whenEmpty(this::end);
    }
  }

  private void end() {
    if (!ended.isDone()) {
      waiters.failAll(this::closedError);
      subscribers.closeAll(CloseReason.GRACEFUL_SHUTDOWN);
      subscribers.stop();
      conditions.close();
      ended.complete(null);
    }
  }
}

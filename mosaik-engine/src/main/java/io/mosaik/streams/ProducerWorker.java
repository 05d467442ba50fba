package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.streams.criteria.CriteriaCompiler;
import io.mosaik.streams.flow.Egress;
import io.mosaik.streams.flow.Encoded;
import io.mosaik.streams.flow.FanOut;
import io.mosaik.streams.flow.Selections;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.wire.BinaryReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer at work, whatever its type: takes encoded datums from any thread and hands them, on
 * its strand, to the subscribers in batches. What is there when a turn begins makes a batch; so a
 * single datum leaves at once, and a crowd shares a frame.
 */
final class ProducerWorker {

  private static final Logger LOG = LoggerFactory.getLogger(ProducerWorker.class);

  /** How long closing may take, where nothing else is said. */
  static final Duration DRAIN_DEADLINE = Duration.ofSeconds(5);

  private static final int BATCH_BYTES = 64 * 1024;
  private static final int BATCHES_PER_TURN = 16;

  /** Who sends after so long a pause is taken to send one datum. */
  private static final long ALONE_AFTER_NS = 100_000;

  private final Platform platform;
  private final ProducerSettings settings;
  private final Strand strand;
  private final Strand userStrand;
  private final Intake intake;
  private final SendWaiters waiters;
  private final Conditions conditions;
  private final Selections selections;
  private final Subscribers subscribers;
  private final Admission admission;
  private final Egress egress;
  private final Receipts receipts;
  private final Answers answers;
  private final StreamCounters counters = new StreamCounters();
  private final ProducerFolds folds;
  private final boolean keepsPast;
  private final AtomicLong pastDatums = new AtomicLong();
  private final AtomicLong pastBytes = new AtomicLong();
  private final AtomicBoolean pumpDue = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final List<Encoded> turn = new ArrayList<>();
  private volatile long pumpedAtNs;
  private @Nullable Timer expiry;
  private volatile @Nullable Timer pacing;
  private boolean drained;
  private long lostByShares;
  private volatile long lost;

  ProducerWorker(
      Platform platform,
      Discovery discovery,
      ProducerSettings settings,
      @Nullable Consumer<Object> undelivered,
      Class<?> type,
      Function<BinaryReader, Object> decoder) {
    this.platform = platform;
    this.settings = settings;
    String name = "producer " + settings.stream();
    strand = platform.newStrand(name);
    userStrand = platform.newUserStrand(name + ", conditions");
    answers = new Answers(platform, name);
    intake = new Intake(settings.bufferSize(), settings.bufferBytes());
    waiters = new SendWaiters(settings.bufferSize(), settings.bufferBytes());
    conditions =
        new Conditions(platform, name, userStrand, discovery, settings.online(), this::closedError);
    selections =
        new Selections(
            overflow(settings.slowConsumers()),
            settings.bufferSize(),
            settings.bufferBytes(),
            () -> RandomIds.next(platform),
            settings.replay().toRetention(),
            decoder);
    folds = new ProducerFolds(platform, settings, type, this::wake);
    keepsPast = settings.replay().toRetention().isAny();
    egress = settings.egress().newEgress(platform.clock().nanoTime());
    var desk =
        new SelectionDesk(
            platform, strand, settings.stream(), selections, new CriteriaCompiler(type));
    subscribers =
        new Subscribers(platform, discovery, settings, strand, conditions, desk, counters, egress);
    admission =
        new Admission(
            platform,
            discovery,
            settings,
            strand,
            userStrand,
            conditions,
            desk,
            folds,
            subscribers);
    subscribers.onRoom(this::moveOn);
    receipts =
        new Receipts(
            undelivered == null
                ? null
                : new Undelivered(
                    settings.stream(),
                    platform.clock(),
                    platform.newUserStrand(name + ", undelivered"),
                    undelivered,
                    settings.bufferSize(),
                    settings.bufferBytes(),
                    counters),
            keepsPast);
    selections.shares().onLoss(this::lost);
  }

  /** It was accepted for consumers that share it, and none of them gets it. */
  private void lost(Encoded datum) {
    counters.dropped(1);
    lostByShares++;
    receipts.giveBack(datum);
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
    admission.start();
    conditions.onChange(strand, this::pump);
    if (settings.replay().toRetention().isTimed()) {
      strand.execute(this::age);
    }
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

  Map<Refusal, Long> refusals() {
    return subscribers.refusals().toMap();
  }

  PastInfo past() {
    return new PastInfo(pastDatums.get(), pastBytes.get());
  }

  List<FoldInfo> folds() {
    return folds.infos();
  }

  List<SubscriptionInfo> consumers() {
    return subscribers.infos();
  }

  List<ShareGroupInfo> shareGroups() {
    return subscribers.shareGroups();
  }

  /**
   * How many encoded bytes are held here: for their turn, for their consumers, for who comes late,
   * for the network; and how many those are encoded whose values folds and the sink wait for. On
   * the strand, or while nothing runs.
   */
  long heldBytes() {
    return intake.bytes()
        + waiters.bytes()
        + selections.keptBytes()
        + subscribers.unsentBytes()
        + folds.waitingBytes()
        + receipts.undeliveredBytes();
  }

  // ---- from any thread ----

  /** Takes a datum if that is possible at once. */
  Offer offer(Encoded datum) {
    boolean online = conditions.isOnline();
    if (intake.isClosed()) {
      return Offer.CLOSED;
    }
    if (!online) {
      return Offer.OFFLINE;
    }
    if (!waiters.isEmpty()) {
      return Offer.FULL;
    }
    Offer offer = intake.reserve(datum.sizeBytes());
    if (offer == Offer.TAKEN) {
      intake.put(datum);
      wake();
    }
    return offer;
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

  /** Completes the future when the datum was handed to so many subscribers. */
  IntConsumer receipt(CompletableFuture<Integer> handed) {
    return subscribersOfIt -> answers.add(handed, () -> handed.complete(subscribersOfIt));
  }

  /** Waits in the queue of sends without blocking; fails the future if that is of no use. */
  void whenTaken(Encoded datum, CompletableFuture<Integer> handed) {
    long deadlineNs = platform.clock().nanoTime() + Deadlines.DEFAULT_WAIT.toNanos();
    SendWaiters.Waiter waiter = waiters.addBounded(datum, deadlineNs);
    if (waiter == null) {
      handed.completeExceptionally(
          new IllegalStateException(
              settings.bufferSize()
                  + " sends are waiting already, or "
                  + settings.bufferBytes()
                  + " bytes of them; wait for their futures before sending more"));
      return;
    }
    var unused =
        waiter
            .taken()
            .whenComplete((nothing, error) -> {
              if (error != null && !handed.isDone()) { // it ended on the strand
                answers.add(handed, () -> handed.completeExceptionally(error));
              }
            });
    var unusedToo =
        handed.whenComplete((nothing, error) -> {
          if (handed.isCancelled() && waiter.taken().cancel(false)) {
            waiters.remove(waiter);
          }
        });
    wake();
  }

  /** Admits the consumer at the other end of the link, or closes it; on any strand of the link. */
  void subscribe(Link<StreamMessage> link, StreamMessage.Subscribe request) {
    admission.ask(link, request);
  }

  /**
   * Takes nothing more, hands over what was taken, and closes the subscriptions, at the deadline in
   * any case; if it is closing already, its first deadline counts.
   */
  CompletableFuture<Void> close(Duration deadline) {
    if (closing.compareAndSet(false, true)) {
      intake.close();
      strand.execute(() -> {
        subscribers.refuseMore();
        pump();
        strand.schedule(deadline, this::end);
      });
    }
    return ended;
  }

  /** How many datums were lost to someone when it was closed. */
  long lost() {
    return lost;
  }

  /** What keeps a send waiting, for people; from any thread. */
  private String whyNot() {
    if (!conditions.isOnline()) {
      return "the producer of stream "
          + stream()
          + " is not online, which takes "
          + settings.online()
          + "; "
          + subscribers.connected()
          + " are";
    }
    boolean isLong = intake.bytes() >= settings.bufferBytes();
    return "stream "
        + stream()
        + ": the buffer of "
        + (isLong ? settings.bufferBytes() + " bytes" : settings.bufferSize() + " datums")
        + " has no room, and "
        + waiters.size()
        + " other sends wait; "
        + whatHolds();
  }

  private String whatHolds() {
    if (pacing != null) {
      return "the egress limit holds them back";
    }
    String slowFold = folds.slow();
    if (slowFold != null) {
      return slowFold + " is behind";
    }
    return subscribers.infos().stream()
        .max(Comparator.comparingLong(SubscriptionInfo::lag))
        .filter(slowest -> slowest.lag() > 0)
        .map(slowest ->
            "the slowest consumer, "
                + slowest.peer().toShortString()
                + ", is "
                + slowest.lag()
                + " datums behind")
        .orElse("its turn has not come");
  }

  private ProducerClosedException closedError() {
    return new ProducerClosedException("the producer of stream " + stream() + " is closed");
  }

  /**
   * A datum that comes alone is handed on by the thread that sends it, which saves waking another;
   * where one follows the other, those that came meanwhile share a batch.
   */
  private void wake() {
    if (!pumpDue.get() && pumpDue.compareAndSet(false, true)) {
      if (platform.clock().nanoTime() - pumpedAtNs > ALONE_AFTER_NS) {
        strand.runOrExecute(this::pumpNow);
      } else {
        strand.execute(this::pumpNow);
      }
    }
  }

  private void pumpNow() {
    pumpDue.set(false);
    pump();
    pumpedAtNs = platform.clock().nanoTime();
  }

  // ---- on the strand ----

  /** Something made room, or a subscriber left. */
  private void moveOn() {
    if (closing.get() || settings.slowConsumers() == SlowConsumerPolicy.BLOCK) {
      pump();
    }
  }

  private void pump() {
    send();
    answers.flush();
  }

  private void send() {
    if (ended.isDone()) {
      int unused = giveBackRest(); // of one who had his place and was about to take it
      return;
    }
    int batches = 0;
    int before;
    do {
      letWaitersIn(); // when much has left: to wake a sender costs more than to send a batch
      before = batches;
      while (batches < BATCHES_PER_TURN && sendBatch()) {
        batches++;
      }
    } while (before < batches && batches < BATCHES_PER_TURN && !waiters.isEmpty());
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
    long nowNs = platform.clock().nanoTime();
    int audience = egress.isLimited() ? Math.max(1, subscribers.audience()) : 1;
    long allowed = egress.datums(nowNs);
    if (allowed == 0) {
      goOnIn(egress.delayNs(nowNs));
      return false;
    }
    // What is allowed is shared by all; one datum may always leave, and be made up for.
    int most =
        (int)
            Math.min(
                Math.min(Math.min(selections.roomDatums(), folds.room()), DatumBatch.MAX_DATUMS),
                Math.max(1, allowed / audience));
    intake.poll(turn, most, Math.min(BATCH_BYTES, egress.bytes(nowNs) / audience));
    if (turn.isEmpty()) {
      return false;
    }
    selections.append(turn);
    folds.append(turn);
    subscribers.noteLags();
    counters.unheard(receipts.handed(turn, selections::handed));
    turn.clear();
    notePast();
    return true;
  }

  private void notePast() {
    if (keepsPast) {
      pastDatums.lazySet(selections.pastDatums());
      pastBytes.lazySet(selections.pastBytes());
    }
  }

  /** What is kept for who comes late gets too old. */
  private void age() {
    if (!ended.isDone()) {
      selections.tick(platform.clock().nanoTime());
      notePast();
      strand.schedule(settings.replay().tickInterval(), this::age);
    }
  }

  private void goOnIn(long delayNs) {
    if (pacing == null && !ended.isDone()) {
      pacing =
          strand.schedule(
              Duration.ofNanos(delayNs),
              () -> {
                pacing = null;
                pump();
              });
    }
  }

  private void letWaitersIn() {
    if (waiters.isEmpty() || closing.get()) {
      return;
    }
    if (conditions.isKnownOnline()) {
      for (SendWaiters.Waiter next = waiters.first(); next != null; next = waiters.first()) {
        int sizeBytes = next.datum().sizeBytes();
        if (intake.reserve(sizeBytes) != Offer.TAKEN) {
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
    answers.flush();
  }

  /** Its time is over, and nobody gets what is left. */
  private int giveBackRest() {
    intake.poll(turn, Integer.MAX_VALUE, Long.MAX_VALUE);
    int datums = turn.size();
    counters.dropped(datums);
    receipts.lost(turn);
    turn.clear();
    return datums;
  }

  private void tellLost(long unsent, long waiting) {
    lost = unsent + waiting;
    if (lost > 0) {
      LOG.warn(
          "Stream {}: closed when the time to hand over was up: {} datums went to nobody, {} waited"
              + " for consumers that did not take them; they are lost",
          stream(),
          unsent,
          waiting);
    }
  }

  private void drained() {
    if (!drained) {
      drained = true;
      selections.shares().close();
      subscribers.closeAll(CloseReason.GRACEFUL_SHUTDOWN);
      subscribers.whenEmpty(this::end);
    }
  }

  private void end() {
    if (!ended.isDone()) {
      waiters.failAll(this::closedError);
      long before = lostByShares;
      selections.shares().close();
      tellLost(giveBackRest() + lostByShares - before, drained ? 0 : subscribers.waitingDatums());
      answers.flush();
      subscribers.closeAll(CloseReason.GRACEFUL_SHUTDOWN);
      admission.stop();
      subscribers.stop();
      conditions.close();
      selections.forgetPast();
      notePast();
      ended.complete(null);
    }
  }
}

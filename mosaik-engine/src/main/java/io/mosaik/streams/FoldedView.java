package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A view at work: folds, on a strand of users' code, what its consumer receives, and shows the
 * result after each turn. States and datums come to it in one order, that of their producer.
 */
final class FoldedView<T, S> implements View<S>, Delivery.Sink<T> {

  private static final Logger LOG = LoggerFactory.getLogger(FoldedView.class);

  private final Platform platform;
  private final StreamName stream;
  private final Fold<T, S> fold;
  private final WatchSource<ViewState<S>> shown =
      new WatchSource<>(new ViewState<>(0, new TreeMap<>()));
  private final SortedMap<PeerId, S> states = new TreeMap<>();

  /** Producers of whom something could not be read: their datums count again after a state. */
  private final Set<PeerId> unsure = new TreeSet<>();

  /** Producers that were asked again for their state, and of whom nothing was folded since. */
  private final Set<PeerId> doubted = new TreeSet<>();

  private final SortedMap<PeerId, Integer> sizes = new TreeMap<>();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong stateBytes = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** Each ends the wait of one who waits for a state. */
  private final Queue<Runnable> endings = new ConcurrentLinkedQueue<>();

  private volatile boolean over;
  private long version;
  private boolean showDue;
  private boolean complained;
  private volatile @Nullable ConsumerHandle<T> consumer;
  private volatile @Nullable Strand strand;
  private volatile Cancellation whenClosed = () -> {};

  FoldedView(Platform platform, StreamName stream, Fold<T, S> fold) {
    this.platform = platform;
    this.stream = stream;
    this.fold = fold;
  }

  /**
   * Takes what the consumer receives from now on.
   *
   * @param retraction takes the view out of the node's list
   */
  void follow(ConsumerHandle<T> followed, Cancellation retraction) {
    consumer = followed;
    whenClosed = retraction;
    Strand own = platform.newUserStrand("view of " + stream + ", " + fold);
    strand = own;
    new Delivery<>(own, followed.inbox(), this).wake();
  }

  private ConsumerHandle<T> consumer() {
    return Objects.requireNonNull(consumer, "it follows nobody yet");
  }

  // ---- on the strand, in the order in which it came ----

  /** The producer's next datums go on from this state, or it has none any more. */
  void begin(PeerId producer, byte @Nullable [] state) {
    unsure.remove(producer);
    if (state == null) {
      states.remove(producer);
      sized(producer, null);
      changed();
      return;
    }
    received.incrementAndGet();
    try {
      states.put(
          producer, Objects.requireNonNull(fold.codec().fromBytes(state), "the codec read null"));
      sized(producer, state.length);
      changed();
    } catch (Throwable e) { // whatever users' code throws
      LOG.warn(
          "Stream {}: the state that {} sent of {} can't be read; it is asked for again",
          stream,
          producer.toShortString(),
          fold,
          e);
      failed.incrementAndGet();
      giveUpOn(producer);
    }
  }

  private void sized(PeerId producer, @Nullable Integer bytes) {
    Integer before = bytes == null ? sizes.remove(producer) : sizes.put(producer, bytes);
    stateBytes.addAndGet((bytes == null ? 0 : bytes) - (before == null ? 0 : before));
  }

  /** A datum could not be read that its producer has folded. */
  void undecodable(Undecodable datum) {
    giveUpOn(datum.producer());
  }

  private void giveUpOn(PeerId producer) {
    if (unsure.add(producer)) {
      doubted.add(producer);
      consumer().startOver(producer);
    }
  }

  @Override
  public Delivery.Wish wish() {
    return Delivery.Wish.DATUM;
  }

  @Override
  public boolean take(Received<T> datum) {
    S state = states.get(datum.producer());
    if (state == null || unsure.contains(datum.producer())) {
      return true;
    }
    try {
      states.put(datum.producer(), fold.next(state, datum.datum()));
      changed();
      if (!doubted.isEmpty() && doubted.remove(datum.producer())) {
        consumer().goesOn(datum.producer());
      }
    } catch (Throwable e) { // an Error alike, or the producer would have another state
      LOG.atLevel(complained ? Level.DEBUG : Level.WARN)
          .log("Stream {}: {} failed on a datum, which changes nothing", stream, fold, e);
      complained = true;
      failed.incrementAndGet();
    }
    return true;
  }

  /** The last states are shown, and nobody waits for others any more. */
  @Override
  public void over() {
    show();
    over = true;
    endings.forEach(Runnable::run);
  }

  private ConsumerClosedException closedError() {
    return new ConsumerClosedException(this + " is closed; its states stay as they are");
  }

  private void changed() {
    version++;
    if (!showDue) {
      showDue = true;
      Objects.requireNonNull(strand).execute(this::show);
    }
  }

  private void show() {
    showDue = false;
    shown.set(new ViewState<>(version, states));
  }

  // ---- from any thread ----

  @Override
  public StreamId stream() {
    return stream.id();
  }

  @Override
  public String name() {
    return stream.text();
  }

  @Override
  public String foldName() {
    return fold.name();
  }

  @Override
  public ViewInfo info() {
    ViewState<S> now = shown.get();
    return new ViewInfo(
        now.byProducer().size(),
        now.version(),
        received.get(),
        stateBytes.get(),
        producers().stream().mapToLong(SubscriptionInfo::lag).sum(),
        failed.get());
  }

  @Override
  public S get() {
    Collection<S> all = shown.get().byProducer().values();
    if (all.isEmpty()) {
      return fold.initial();
    }
    Iterator<S> each = all.iterator();
    S merged = each.next();
    BinaryOperator<S> merger = fold.merger();
    if (each.hasNext() && merger == null) {
      throw new IllegalStateException(
          all.size()
              + " producers have a state of "
              + fold
              + "; say by Fold.merging how they become one, or look at each by state()");
    }
    while (each.hasNext()) {
      merged = Objects.requireNonNull(merger).apply(merged, each.next());
    }
    return merged;
  }

  @Override
  public Watch<ViewState<S>> state() {
    return shown;
  }

  @Override
  public ViewState<S> await(Predicate<? super ViewState<S>> condition) {
    return await(condition, Deadlines.DEFAULT_WAIT);
  }

  @Override
  public ViewState<S> await(Predicate<? super ViewState<S>> condition, Duration deadline) {
    CompletableFuture<ViewState<S>> met = shown.when(condition);
    Runnable end = () -> met.completeExceptionally(closedError());
    endings.add(end);
    if (over) {
      end.run();
    }
    try {
      return platform.await(met, deadline);
    } catch (DeadlineExceededException e) {
      throw new DeadlineExceededException(
          "the view of stream "
              + stream
              + " has not come to that within "
              + deadline
              + "; it has the states of "
              + shown.get().byProducer().size()
              + " producers");
    } finally {
      endings.remove(end);
      met.cancel(false);
    }
  }

  @Override
  public SubscriptionConditions when() {
    return consumer().when();
  }

  @Override
  public List<SubscriptionInfo> producers() {
    return consumer().producers();
  }

  @Override
  public StreamStats stats() {
    return consumer().stats();
  }

  @Override
  public void close() {
    whenClosed.cancel();
    consumer().close();
  }

  @Override
  public String toString() {
    return "view of stream " + stream + ", " + fold;
  }
}

package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import io.mosaik.runtime.WatchSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conditions of one producer or consumer. They are looked at when the subscriptions change and
 * when the entry of a connected peer changes, never in between, on a strand of users' code, because
 * their predicates are. Who waits is answered on other strands: what hangs on a future may block.
 *
 * <p>Each connected subscription counts by its peer's present entry; while the catalog has none, by
 * the last one that it had.
 */
final class Conditions implements SubscriptionConditions {

  private static final Logger LOG = LoggerFactory.getLogger(Conditions.class);

  private final Platform platform;
  private final String name;
  private final Strand strand;
  private final Answers answers;
  private final Discovery discovery;
  private final WatchSource<List<PeerEntry>> connected = new WatchSource<>(List.of());
  private final ConditionSpec onlineSpec;
  private final WatchSource<Boolean> online;
  private final Supplier<RuntimeException> closedError;
  private final Set<Observer> observers = new LinkedHashSet<>();
  private final Cancellation observation;
  private volatile boolean closed;

  Conditions(
      Platform platform,
      String name,
      Strand userStrand,
      Discovery discovery,
      ConditionSpec onlineSpec,
      Supplier<RuntimeException> closedError) {
    this.platform = platform;
    this.name = name;
    this.strand = userStrand;
    this.answers = new Answers(platform, name);
    this.discovery = discovery;
    this.onlineSpec = onlineSpec;
    this.closedError = closedError;
    this.online = new WatchSource<>(onlineSpec.holds(List.of()));
    this.observation = connected.observe(strand, ignored -> evaluate());
  }

  /** Runs the action when the peers have changed, and when it is online or not any more. */
  void onChange(Strand worker, Runnable action) {
    Cancellation unused = connected.observe(worker, peers -> action.run());
    Cancellation unusedToo = online.observe(worker, now -> action.run());
  }

  /** The connected peers have changed; on the worker's strand. */
  void connected(List<PeerEntry> peers) {
    connected.set(peers);
  }

  /** A peer's entry may have changed; on the strand of users' code. */
  void entryChanged(PeerId peer) {
    for (PeerEntry entry : connected.get()) {
      if (entry.peerId().equals(peer)) {
        evaluate();
        return;
      }
    }
  }

  /** The producer or consumer is over: it is not online, and who waits hears so. */
  void close() {
    closed = true;
    connected.set(List.of());
    strand.execute(() -> {
      evaluate();
      observation.cancel();
      List.copyOf(observers).forEach(Observer::end);
      observers.clear();
      answers.flush();
    });
  }

  Watch<Boolean> onlineWatch() {
    return online;
  }

  /** Whether the online condition holds now, even if the strand didn't come to see it yet. */
  boolean isOnline() {
    if (onlineSpec.filters().isEmpty()) {
      return !closed && onlineSpec.holds(connected.get());
    }
    return online.get() || (!closed && holds(onlineSpec));
  }

  /** As {@link #isOnline}, without asking users' predicates: those were asked on their strand. */
  boolean isKnownOnline() {
    return onlineSpec.filters().isEmpty() ? isOnline() : online.get();
  }

  /** How many wait for a condition; on the strand, or while nothing runs. */
  int waiting() {
    return observers.size();
  }

  private boolean holds(ConditionSpec spec) {
    return spec.holds(spec.filters().isEmpty() ? connected.get() : currentEntries());
  }

  private List<PeerEntry> currentEntries() {
    var entries = new ArrayList<PeerEntry>();
    for (PeerEntry known : connected.get()) {
      PeerEntry now = discovery.catalog().get().get(known.peerId());
      entries.add(now == null ? known : now);
    }
    return entries;
  }

  private void evaluate() {
    online.set(!closed && holds(onlineSpec));
    for (Iterator<Observer> each = observers.iterator(); each.hasNext(); ) {
      Observer observer = each.next();
      if (observer.isOver() || (observer.look(holds(observer.spec)) && observer.isOnce())) {
        each.remove();
      }
    }
    answers.flush();
  }

  private void add(Observer observer) {
    strand.execute(() -> {
      boolean done = observer.look(holds(observer.spec)) && observer.isOnce();
      if (!done && !observer.isOver()) {
        if (closed) {
          observer.end();
        } else {
          observers.add(observer);
        }
      }
      answers.flush();
    });
  }

  @Override
  public AwaitableCondition subscribed() {
    return new Awaitable(ConditionSpec.ANY);
  }

  @Override
  public AwaitableCondition online() {
    return new Awaitable(onlineSpec);
  }

  /** Who waits for a condition: for the next time, or for each time. */
  private final class Observer {

    private final ConditionSpec spec;
    private final @Nullable CompletableFuture<Void> future;
    private final Executor executor;
    private final Runnable action;
    private boolean held;
    private volatile boolean cancelled;

    Observer(
        ConditionSpec spec,
        @Nullable CompletableFuture<Void> future,
        Executor executor,
        Runnable action) {
      this.spec = spec;
      this.future = future;
      this.executor = executor;
      this.action = action;
    }

    boolean isOnce() {
      return future != null;
    }

    boolean isOver() {
      return cancelled || (future != null && future.isDone());
    }

    /** Acts if the condition came to hold; returns whether it holds. */
    boolean look(boolean holds) {
      if (holds && !held && !cancelled) {
        if (future != null) {
          answers.add(future, () -> future.complete(null));
        } else {
          tell();
        }
      }
      held = holds;
      return holds;
    }

    private void tell() {
      try {
        executor.execute(() -> {
          if (!cancelled) {
            action.run();
          }
        });
      } catch (Throwable e) { // the executor's, which is the user's: it keeps nobody from hearing
        LOG.error("What is to run when '{}' holds did not", spec, e);
      }
    }

    void end() {
      if (future != null) {
        answers.add(future, () -> future.completeExceptionally(closedError.get()));
      }
    }

    /** It hears no more, and is not kept. */
    void cancel() {
      cancelled = true;
      strand.execute(() -> observers.remove(this));
    }
  }

  /** A condition with its subscriptions. */
  private final class Awaitable implements AwaitableCondition {

    private final ConditionSpec spec;

    Awaitable(ConditionSpec spec) {
      this.spec = spec;
    }

    @Override
    public AwaitableCondition minimumOf(int peers) {
      return new Awaitable(spec.minimumOf(peers));
    }

    @Override
    public AwaitableCondition withTags(String... tags) {
      return new Awaitable(spec.withTags(tags));
    }

    @Override
    public AwaitableCondition withPredicate(
        java.util.function.Predicate<? super PeerEntry> predicate) {
      return new Awaitable(spec.withPredicate(predicate));
    }

    @Override
    public AwaitableCondition unmet() {
      return new Awaitable(spec.unmet());
    }

    @Override
    public boolean isMet() {
      return holds(spec);
    }

    @Override
    public void await() {
      await(Deadlines.DEFAULT_WAIT);
    }

    @Override
    public void await(java.time.Duration deadline) {
      CompletableFuture<Void> future = future();
      Deadlines.await(
          platform,
          future,
          deadline,
          () -> name + ": " + spec + ", but " + connected.get().size() + " are");
    }

    @Override
    public CompletableFuture<Void> future() {
      var future = new CompletableFuture<Void>();
      if (holds(spec)) {
        future.complete(null);
        return future;
      }
      var observer = new Observer(spec, future, Runnable::run, () -> {});
      add(observer);
      var unused = future.whenComplete((nothing, error) -> observer.cancel()); // it is given up
      return future;
    }

    @Override
    public Cancellation onMet(Executor executor, Runnable action) {
      var observer = new Observer(spec, null, executor, action);
      add(observer);
      return observer::cancel;
    }

    @Override
    public String toString() {
      return spec.toString();
    }
  }
}

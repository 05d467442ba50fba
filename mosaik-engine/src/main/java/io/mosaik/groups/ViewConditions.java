package io.mosaik.groups;

import io.mosaik.groups.Group.Role;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one membership. Each state that it publishes is looked at on its strand, so
 * that none is missed; users hear of it on theirs.
 */
final class ViewConditions implements GroupConditions {

  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

  /**
   * Looks at one state after the other, and returns what the condition is met with where it comes
   * to be met; null otherwise. Each wait has one of its own.
   */
  private interface Probe<T> {
    @Nullable T look(View now);
  }

  private final Waits waits;
  private final Watch<View> view;
  private final Executor callbacks;
  private final Supplier<@Nullable String> whyOffline;

  ViewConditions(
      Waits waits, Watch<View> view, Executor callbacks, Supplier<@Nullable String> whyOffline) {
    this.waits = waits;
    this.view = view;
    this.callbacks = callbacks;
    this.whyOffline = whyOffline;
  }

  @Override
  public GroupCondition<PeerId> leaderElected() {
    return holds("a leader", now -> now.status().leader());
  }

  @Override
  public GroupCondition<PeerId> leaderChanged() {
    PeerId first = view.get().status().leader();
    return new Condition<>(
        "another leader",
        () ->
            new Probe<>() {
              private @Nullable PeerId known = first;

              @Override
              public @Nullable PeerId look(View now) {
                PeerId leader = now.status().leader();
                if (leader == null || Objects.equals(leader, known)) {
                  return null;
                }
                known = leader;
                return leader;
              }
            });
  }

  @Override
  public GroupCondition<GroupStatus> leaderIs(PeerId peer) {
    return status("leader " + peer.toShortString(), now -> Objects.equals(now.leader(), peer));
  }

  @Override
  public GroupCondition<GroupStatus> isLeader() {
    return status("this member leads", now -> now.role() == Role.LEADER);
  }

  @Override
  public GroupCondition<GroupStatus> isFollower() {
    return status(
        "this member follows", now -> now.role() == Role.FOLLOWER && now.leader() != null);
  }

  @Override
  public GroupCondition<GroupStatus> isOnline() {
    return status("online", GroupStatus::online);
  }

  @Override
  public GroupCondition<GroupStatus> isOffline() {
    return status("offline", now -> !now.online());
  }

  @Override
  public GroupCondition<PeerId> bondedWith(PeerId peer) {
    return holds(
        "a bond with " + peer.toShortString(), now -> now.bonded().contains(peer) ? peer : null);
  }

  @Override
  public GroupCondition<List<PeerId>> bonded(int members) {
    return holds(
        "bonds with " + members, now -> now.bonded().size() >= members ? now.bonded() : null);
  }

  @Override
  public GroupCondition<GroupRecovery> recovered() {
    return since(
        "the group goes on without its majority's logs",
        View::recoveryCount,
        0L,
        View::lastRecovery);
  }

  @Override
  public CursorConditions committed() {
    return new Cursor("committed", GroupStatus::committed);
  }

  @Override
  public CursorConditions applied() {
    return new Cursor("applied", GroupStatus::applied);
  }

  private GroupCondition<GroupStatus> status(String what, Predicate<GroupStatus> predicate) {
    return holds(what, now -> predicate.test(now.status()) ? now.status() : null);
  }

  /** A condition that holds or doesn't: it is met where it comes to hold. */
  private <T> GroupCondition<T> holds(String what, Function<View, @Nullable T> value) {
    return new Condition<>(
        what,
        () ->
            new Probe<>() {
              private boolean held;

              @Override
              public @Nullable T look(View now) {
                boolean before = held;
                T found = value.apply(now);
                held = found != null;
                return before ? null : found;
              }
            });
  }

  /** Conditions on one position. */
  private final class Cursor implements CursorConditions {

    private final String name;
    private final ToLongFunction<GroupStatus> position;

    Cursor(String name, ToLongFunction<GroupStatus> position) {
      this.name = name;
      this.position = position;
    }

    private long at(View now) {
      return position.applyAsLong(now.status());
    }

    @Override
    public GroupCondition<Long> reaches(long least) {
      return holds(name + " up to " + least, now -> at(now) >= least ? at(now) : null);
    }

    @Override
    public GroupCondition<Long> advanced() {
      long first = at(view.get());
      return new Condition<>(
          name + " beyond " + first,
          () ->
              new Probe<>() {
                private long known = first;

                @Override
                public @Nullable Long look(View now) {
                  long before = known;
                  known = at(now);
                  return known > before ? known : null;
                }
              });
    }

    @Override
    public GroupCondition<Reversion> reverted() {
      return sinceNow(name + " taken back", View::reversionCount, View::lastReversion);
    }

    @Override
    public GroupCondition<Long> changed() {
      return sinceNow(
          name + " other than now", now -> List.of(at(now), now.reversionCount()), this::at);
    }
  }

  /** A condition that is met by each change of what is looked at, from now on. */
  private <T> GroupCondition<T> sinceNow(
      String what, Function<View, Object> looked, Function<View, @Nullable T> value) {
    return since(what, looked, looked.apply(view.get()), value);
  }

  /** As {@link #sinceNow}, from when it looked so. */
  private <T> GroupCondition<T> since(
      String what, Function<View, Object> looked, Object first, Function<View, @Nullable T> value) {
    return new Condition<>(
        what,
        () ->
            new Probe<>() {
              private Object known = first;

              @Override
              public @Nullable T look(View now) {
                Object seen = looked.apply(now);
                if (seen.equals(known)) {
                  return null;
                }
                known = seen;
                return value.apply(now);
              }
            });
  }

  private final class Condition<T> implements GroupCondition<T> {

    private final String what;
    private final Supplier<Probe<T>> probes;

    Condition(String what, Supplier<Probe<T>> probes) {
      this.what = what;
      this.probes = probes;
    }

    @Override
    public boolean isMet() {
      return probes.get().look(view.get()) != null;
    }

    @Override
    public T await() {
      return await(DEFAULT_WAIT);
    }

    @Override
    public T await(Duration deadline) {
      waits.check("await", "future()");
      CompletableFuture<T> future = future();
      try {
        return waits.await(future, deadline);
      } catch (DeadlineExceededException e) {
        if (future.cancel(false)) {
          String why = whyOffline.get();
          throw new DeadlineExceededException(
              "not within " + deadline + ": " + what + (why == null ? "" : "; " + why));
        }
        return waits.await(future, Duration.ZERO); // it came at the same moment
      } finally {
        future.cancel(false);
      }
    }

    @Override
    public CompletableFuture<T> future() {
      Probe<T> probe = probes.get();
      View present = view.get();
      T already = probe.look(present);
      if (already != null) {
        return CompletableFuture.completedFuture(already);
      }
      if (present.over() != null) {
        return CompletableFuture.failedFuture(leftBefore(present.over()));
      }
      var future = new CompletableFuture<T>();
      Cancellation observation =
          view.observe(
              Runnable::run,
              now -> {
                T met = probe.look(now);
                String over = now.over();
                if (met != null) {
                  callbacks.execute(() -> future.complete(met));
                } else if (over != null) {
                  callbacks.execute(() -> future.completeExceptionally(leftBefore(over)));
                }
              });
      var unused = future.whenComplete((met, error) -> observation.cancel());
      return future;
    }

    private GroupException leftBefore(String why) {
      return new GroupException(Outcome.OFFLINE, why + ", before: " + what);
    }

    @Override
    public Cancellation onMet(Executor executor, Consumer<? super T> action) {
      return new Listener<>(view, probes.get(), executor, action);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  /** An action that waits for each time a condition is met; at most one run of it is queued. */
  private static final class Listener<T> implements Cancellation {

    private final Executor executor;
    private final Consumer<? super T> action;
    private final AtomicReference<@Nullable T> latest = new AtomicReference<>();
    private final Cancellation observation;
    private volatile boolean cancelled;

    Listener(Watch<View> view, Probe<T> probe, Executor executor, Consumer<? super T> action) {
      this.executor = executor;
      this.action = action;
      observation = view.observe(Runnable::run, now -> met(probe.look(now)));
    }

    private void met(@Nullable T value) {
      if (value != null && latest.getAndSet(value) == null) {
        executor.execute(this::tell);
      }
    }

    private void tell() {
      T value = latest.getAndSet(null);
      if (!cancelled) {
        action.accept(Objects.requireNonNull(value));
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      observation.cancel();
    }
  }
}

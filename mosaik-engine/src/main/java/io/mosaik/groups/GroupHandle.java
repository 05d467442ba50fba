package io.mosaik.groups;

import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.config.QuorumPolicy;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One of the handles of a membership; the last that is closed ends it. */
final class GroupHandle<C, R, Q, A> implements Group<C, R, Q, A> {

  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  /** After its deadline the worker itself says what is sure; this is for one that can't. */
  private static final Duration ANSWER_GRACE = Duration.ofSeconds(1);

  private final GroupWorker<C, R, Q, A> worker;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * A handle.
   *
   * @param onClose called once, when the handle is closed
   */
  GroupHandle(GroupWorker<C, R, Q, A> worker, Runnable onClose) {
    this.worker = worker;
    this.onClose = onClose;
  }

  @Override
  public GroupId id() {
    return worker.id();
  }

  @Override
  public Watch<GroupStatus> status() {
    return worker.status();
  }

  @Override
  public @Nullable String whyOffline() {
    return worker.whyOffline();
  }

  @Override
  public Watch<Leadership> leadership() {
    return worker.leadership();
  }

  @Override
  public Cancellation whileLeading(Consumer<? super Leadership> task) {
    if (worker.quorumPolicy() == QuorumPolicy.BONDED) {
      throw notUnderBonded("nobody holds a leadership", "see isLeader for who leads here");
    }
    Strand strand = worker.platform().newUserStrand("group-leader-" + id().toShortString());
    Cancellation observation =
        worker
            .leadership()
            .observe(
                strand,
                leadership -> {
                  if (leadership.isHeld()) {
                    task.accept(leadership);
                  }
                });
    var unused = worker.left().thenRun(observation::cancel).thenRun(strand::close);
    return () -> {
      observation.cancel();
      strand.close();
    };
  }

  @Override
  public PeerId transferLeadership() {
    checkMayBlock("transferLeadership");
    return await(transferLeadershipAsync());
  }

  @Override
  public PeerId transferLeadership(PeerId to) {
    checkMayBlock("transferLeadership");
    return await(transferLeadershipAsync(to));
  }

  private PeerId await(CompletableFuture<PeerId> transfer) {
    try {
      return worker.waits().await(transfer, worker.transfers().deadline().plus(ANSWER_GRACE));
    } catch (DeadlineExceededException e) {
      throw new GroupException(Outcome.UNKNOWN, "the transfer has not ended in time", e);
    }
  }

  @Override
  public CompletableFuture<PeerId> transferLeadershipAsync() {
    return closed.get()
        ? CompletableFuture.failedFuture(closedError())
        : worker.transfers().request(null);
  }

  @Override
  public CompletableFuture<PeerId> transferLeadershipAsync(PeerId to) {
    return closed.get()
        ? CompletableFuture.failedFuture(closedError())
        : worker.transfers().request(Objects.requireNonNull(to, "to"));
  }

  @Override
  public void recover(Set<PeerId> lost) {
    Set<PeerId> peers = new TreeSet<>(lost);
    if (closed.get()) {
      throw closedError();
    }
    worker.recover(peers);
  }

  @Override
  public List<BondInfo> bonds() {
    GroupStatus status = worker.status().get();
    long nowNs = worker.platform().clock().nanoTime();
    return worker.bonded().get().stream()
        .map(bond ->
            BondInfo.of(bond.peer(), bond.id(), bond.observer(), bond.traffic(), status, nowNs))
        .toList();
  }

  @Override
  public Map<BondRefusal, Long> bondRefusals() {
    return worker.bondRefusals();
  }

  @Override
  public MachineStatus machine() {
    return worker.machineStatus();
  }

  @Override
  public Pending pending() {
    return new Pending(worker.room().usedCommands(), worker.room().usedBytes());
  }

  @Override
  public GroupConditions when() {
    return worker.conditions();
  }

  @Override
  public Executed<R> execute(C command) {
    return execute(command, DEFAULT_DEADLINE);
  }

  @Override
  public Executed<R> execute(C command, Duration deadline) {
    checkMayBlock("execute");
    return executeAll(List.of(command), deadline).getFirst().orThrow();
  }

  @Override
  public CompletableFuture<Executed<R>> executeAsync(C command) {
    return executeAsync(command, DEFAULT_DEADLINE);
  }

  @Override
  public CompletableFuture<Executed<R>> executeAsync(C command, Duration deadline) {
    return mapped(
        executeAllAsync(List.of(command), deadline), results -> results.getFirst().orThrow());
  }

  @Override
  public List<Result<R>> executeAll(List<? extends C> commands) {
    return executeAll(commands, DEFAULT_DEADLINE);
  }

  @Override
  public List<Result<R>> executeAll(List<? extends C> commands, Duration deadline) {
    checkMayBlock("executeAll");
    Call.Execute<R> call = worker.requests().toExecute(commands, checked(deadline));
    return await(call, call.future, deadline);
  }

  @Override
  public CompletableFuture<List<Result<R>>> executeAllAsync(List<? extends C> commands) {
    return executeAllAsync(commands, DEFAULT_DEADLINE);
  }

  @Override
  public CompletableFuture<List<Result<R>>> executeAllAsync(
      List<? extends C> commands, Duration deadline) {
    Call.Execute<R> call = worker.requests().toExecute(commands, checked(deadline));
    submit(call);
    return call.future;
  }

  @Override
  public Placed feed(C command) {
    return feed(command, DEFAULT_DEADLINE);
  }

  @Override
  public Placed feed(C command, Duration deadline) {
    checkMayBlock("feed");
    return feedAll(List.of(command), deadline).getFirst();
  }

  @Override
  public CompletableFuture<Placed> feedAsync(C command) {
    return feedAsync(command, DEFAULT_DEADLINE);
  }

  @Override
  public CompletableFuture<Placed> feedAsync(C command, Duration deadline) {
    return mapped(feedAllAsync(List.of(command), deadline), List::getFirst);
  }

  @Override
  public List<Placed> feedAll(List<? extends C> commands) {
    return feedAll(commands, DEFAULT_DEADLINE);
  }

  @Override
  public List<Placed> feedAll(List<? extends C> commands, Duration deadline) {
    checkMayBlock("feedAll");
    Call.Feed<R> call = worker.requests().toFeed(commands, checked(deadline));
    return await(call, call.future, deadline);
  }

  @Override
  public CompletableFuture<List<Placed>> feedAllAsync(List<? extends C> commands) {
    return feedAllAsync(commands, DEFAULT_DEADLINE);
  }

  @Override
  public CompletableFuture<List<Placed>> feedAllAsync(
      List<? extends C> commands, Duration deadline) {
    Call.Feed<R> call = worker.requests().toFeed(commands, checked(deadline));
    submit(call);
    return call.future;
  }

  /** As thenApply, but that errors stay what they are and aren't wrapped. */
  private static <T, U> CompletableFuture<U> mapped(
      CompletableFuture<T> source, Function<? super T, ? extends U> function) {
    var mapped = new CompletableFuture<U>();
    var unused =
        source.whenComplete((value, error) -> {
          if (error != null) {
            mapped.completeExceptionally(error);
            return;
          }
          try {
            mapped.complete(function.apply(value));
          } catch (GroupException e) {
            mapped.completeExceptionally(e);
          }
        });
    return mapped;
  }

  private static Duration checked(Duration deadline) {
    if (deadline.isNegative()) {
      throw new IllegalArgumentException("a deadline of " + deadline + "; give zero or more");
    }
    return deadline;
  }

  private void checkMayBlock(String call) {
    worker.waits().check(call, call + "Async");
  }

  private void submit(Call<R> call) {
    if (closed.get()) {
      call.fail(closedError());
    } else {
      worker.requests().submit(call);
    }
  }

  private <T> T await(Call<R> call, CompletableFuture<T> future, Duration deadline) {
    if (closed.get()) {
      throw closedError();
    }
    Requests<C, R, Q, A> requests = worker.requests();
    requests.submitWaiting(call);
    try {
      return worker.waits().await(future, requests.remaining(call).plus(ANSWER_GRACE));
    } catch (DeadlineExceededException e) {
      throw new GroupException(
          Outcome.UNKNOWN,
          "no answer within " + deadline + "; the command may be applied, once",
          e);
    }
  }

  @Override
  public Answered<A> query(Q query, Consistency consistency) {
    return query(query, consistency, DEFAULT_DEADLINE);
  }

  @Override
  public Answered<A> query(Q query, Consistency consistency, Duration deadline) {
    checkMayBlock("query");
    try {
      return worker
          .waits()
          .await(queryAsync(query, consistency, deadline), deadline.plus(ANSWER_GRACE));
    } catch (DeadlineExceededException e) {
      throw new GroupException(Outcome.OFFLINE, "the machine did not answer within " + deadline, e);
    }
  }

  @Override
  public CompletableFuture<Answered<A>> queryAsync(Q query, Consistency consistency) {
    return queryAsync(query, consistency, DEFAULT_DEADLINE);
  }

  @Override
  public CompletableFuture<Answered<A>> queryAsync(
      Q query, Consistency consistency, Duration deadline) {
    if (closed.get()) {
      return CompletableFuture.failedFuture(closedError());
    }
    return switch (consistency) {
      case WEAK -> worker.requests().queryWeak(query, checked(deadline));
      case STRONG ->
          worker.quorumPolicy() == QuorumPolicy.BONDED
              ? CompletableFuture.failedFuture(
                  notUnderBonded("there are no strong reads", "ask weakly"))
              : worker.requests().queryStrong(query, checked(deadline));
    };
  }

  private static GroupException notUnderBonded(String what, String instead) {
    return new GroupException(
        Outcome.REJECTED,
        "under QuorumPolicy.BONDED "
            + what
            + ", for another part of the group may go on without this one; "
            + instead
            + ", or choose COMMITTED");
  }

  private static GroupException closedError() {
    return new GroupException(Outcome.OFFLINE, "this handle of the group is closed");
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }

  @Override
  public String toString() {
    return "group " + id().toShortString();
  }
}

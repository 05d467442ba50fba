package io.mosaik.groups;

import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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
  public Watch<Leadership> leadership() {
    return worker.leadership();
  }

  @Override
  public Cancellation whileLeading(Consumer<? super Leadership> task) {
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
    return await(transferLeadershipAsync());
  }

  @Override
  public PeerId transferLeadership(PeerId to) {
    return await(transferLeadershipAsync(to));
  }

  private PeerId await(CompletableFuture<PeerId> transfer) {
    try {
      return worker.platform().await(transfer, worker.transfers().deadline().plus(ANSWER_GRACE));
    } catch (DeadlineExceededException e) {
      throw new GroupException(Outcome.UNKNOWN, "the transfer has not ended in time", e);
    }
  }

  @Override
  public CompletableFuture<PeerId> transferLeadershipAsync() {
    return closed.get() ? failedAsClosed() : worker.transfers().request(null);
  }

  @Override
  public CompletableFuture<PeerId> transferLeadershipAsync(PeerId to) {
    return closed.get()
        ? failedAsClosed()
        : worker.transfers().request(Objects.requireNonNull(to, "to"));
  }

  @Override
  public List<PeerId> bonds() {
    return worker.bonded().get();
  }

  @Override
  public GroupConditions when() {
    return new StatusConditions(worker.status(), worker.callbacks());
  }

  @Override
  public Executed<R> execute(C command) {
    return execute(command, DEFAULT_DEADLINE);
  }

  @Override
  public Executed<R> execute(C command, Duration deadline) {
    if (deadline.isNegative()) {
      throw new IllegalArgumentException("a deadline of " + deadline + "; give zero or more");
    }
    try {
      return worker.platform().await(submit(command, deadline), deadline.plus(ANSWER_GRACE));
    } catch (DeadlineExceededException e) {
      throw new GroupException(
          Outcome.UNKNOWN,
          "no answer within " + deadline + "; the command may be applied, once",
          e);
    }
  }

  @Override
  public CompletableFuture<Executed<R>> executeAsync(C command) {
    return submit(command, DEFAULT_DEADLINE);
  }

  private CompletableFuture<Executed<R>> submit(C command, Duration deadline) {
    return closed.get() ? failedAsClosed() : worker.requests().execute(command, deadline);
  }

  @Override
  public Answered<A> query(Q query, Consistency consistency) {
    try {
      return worker
          .platform()
          .await(queryAsync(query, consistency), DEFAULT_DEADLINE.plus(ANSWER_GRACE));
    } catch (DeadlineExceededException e) {
      throw new GroupException(
          Outcome.OFFLINE, "the machine did not answer within " + DEFAULT_DEADLINE, e);
    }
  }

  @Override
  public CompletableFuture<Answered<A>> queryAsync(Q query, Consistency consistency) {
    if (closed.get()) {
      return failedAsClosed();
    }
    return switch (consistency) {
      case WEAK -> worker.requests().queryWeak(query, DEFAULT_DEADLINE);
      case STRONG -> worker.requests().queryStrong(query, DEFAULT_DEADLINE);
    };
  }

  private static <T> CompletableFuture<T> failedAsClosed() {
    return CompletableFuture.failedFuture(
        new GroupException(Outcome.OFFLINE, "this handle of the group is closed"));
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

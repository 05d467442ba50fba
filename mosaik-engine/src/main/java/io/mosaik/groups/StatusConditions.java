package io.mosaik.groups;

import io.mosaik.groups.Group.Role;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Watch;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Conditions on a member's status, completed on a strand of the user's. */
final class StatusConditions implements GroupConditions {

  private final Watch<GroupStatus> status;
  private final Executor callbacks;

  StatusConditions(Watch<GroupStatus> status, Executor callbacks) {
    this.status = status;
    this.callbacks = callbacks;
  }

  @Override
  public CompletableFuture<PeerId> leaderElected() {
    return when(now -> now.leader() != null, (result, now) -> result.complete(now.leader()));
  }

  @Override
  public CompletableFuture<PeerId> leaderChanged() {
    PeerId present = status.get().leader();
    return when(
        now -> now.leader() != null && !Objects.equals(now.leader(), present),
        (result, now) -> result.complete(now.leader()));
  }

  @Override
  public CompletableFuture<Void> isLeader() {
    return when(now -> now.role() == Role.LEADER);
  }

  @Override
  public CompletableFuture<Void> isFollower() {
    return when(now -> now.role() == Role.FOLLOWER && now.leader() != null);
  }

  @Override
  public CompletableFuture<Void> isOnline() {
    return when(GroupStatus::online);
  }

  @Override
  public CompletableFuture<Void> isOffline() {
    return when(now -> !now.online());
  }

  @Override
  public CompletableFuture<Void> applied(long index) {
    return when(now -> now.applied() >= index);
  }

  private CompletableFuture<Void> when(Predicate<GroupStatus> condition) {
    return when(condition, (result, now) -> result.complete(null));
  }

  private <T> CompletableFuture<T> when(
      Predicate<GroupStatus> condition, BiConsumer<CompletableFuture<T>, GroupStatus> complete) {
    CompletableFuture<GroupStatus> met = status.when(condition);
    var result = new CompletableFuture<T>();
    if (met.isDone()) {
      var unusedNow = met.thenAccept(now -> complete.accept(result, now)); // here and now
      return result;
    }
    var unusedMet = met.thenAcceptAsync(now -> complete.accept(result, now), callbacks);
    var unusedResult =
        result.whenComplete((ignored, error) -> {
          if (result.isCancelled()) {
            met.cancel(false);
          }
        });
    return result;
  }
}

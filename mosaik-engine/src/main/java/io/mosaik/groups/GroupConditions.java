package io.mosaik.groups;

import io.mosaik.id.PeerId;
import java.util.concurrent.CompletableFuture;

/**
 * What can be waited for in a group. Each call returns a future that completes when the condition
 * holds, at once if it does; cancelling it ends the wait.
 */
public interface GroupConditions {

  /** There is a leader; completes with it. */
  CompletableFuture<PeerId> leaderElected();

  /** The leader is another than now; completes with it. */
  CompletableFuture<PeerId> leaderChanged();

  /** This member leads. */
  CompletableFuture<Void> isLeader();

  /** This member follows a leader. */
  CompletableFuture<Void> isFollower();

  /** This member is online. */
  CompletableFuture<Void> isOnline();

  /** This member is not online. */
  CompletableFuture<Void> isOffline();

  /** This member has applied everything up to the position. */
  CompletableFuture<Void> applied(long index);
}

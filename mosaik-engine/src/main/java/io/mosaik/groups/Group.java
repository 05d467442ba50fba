package io.mosaik.groups;

import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A membership in a group. Thread-safe; only the methods that say so block.
 *
 * <p>What is chained to a future of this group, of its conditions and its leadership runs on one
 * strand of the group, one after the other, and so do listeners of its snapshots. All answers come
 * by that strand. So where such a callback, or the group's machine, calls a method of the same
 * group that blocks, that throws an {@link IllegalStateException} at once: call the {@code Async}
 * form there, or chain the callback with an executor of your own. {@link #whileLeading} and {@link
 * GroupCondition#onMet} call users elsewhere, where anything may block.
 *
 * @param <C> commands
 * @param <R> results
 * @param <Q> queries
 * @param <A> answers
 */
public interface Group<C, R, Q, A> extends AutoCloseable {

  /** The group: covers its key, its consensus settings and its machine. */
  GroupId id();

  /** This member's part in the group, the leader it knows, and what is committed. */
  Watch<GroupStatus> status();

  /**
   * Why this member is not online, for people: too few members to form a group, too few voters in
   * reach and which are missing, behind its leader, or over. Null if it is online.
   */
  @Nullable String whyOffline();

  /** Whether this member leads, as far as it knows. To act on it, see {@link #leadership}. */
  default boolean isLeader() {
    return status().get().role() == Role.LEADER;
  }

  /** The leader as far as this member knows, or null. */
  default @Nullable PeerId leader() {
    return status().get().leader();
  }

  /**
   * What this member may rely on of its own leadership: the present one, or one that is not held.
   * An observer that runs late may miss one that was short. Under {@link
   * io.mosaik.groups.config.QuorumPolicy#BONDED} none is ever held.
   */
  Watch<Leadership> leadership();

  /**
   * Runs a task each time this member has the leadership, on a strand of its own, where it may
   * block. Runs don't overlap: the next begins when the last has returned, and only if the
   * leadership is held then. A task that goes on asks {@link Leadership#isHeld} before each thing
   * that only the leader may do, and returns when it isn't.
   *
   * @return ends it: no run begins any more; the one under way goes on to its end
   * @throws GroupException as {@code REJECTED} under {@link
   *     io.mosaik.groups.config.QuorumPolicy#BONDED}, where nobody can be sure to lead alone
   */
  Cancellation whileLeading(Consumer<? super Leadership> task);

  /**
   * Hands this member's leadership to the voter that has most of the log, and waits until that one
   * leads. From the beginning on this member holds no {@link #leadership}; commands wait, and go to
   * the successor. What has not come about within the group's election timeout is given up, and
   * this member goes on as the leader.
   *
   * @return the leader now
   * @throws GroupException as {@code REJECTED} if this member doesn't lead, is handing over
   *     already, or is bonded with no other voter; as {@code UNKNOWN} if no other was heard to lead
   *     in time
   */
  PeerId transferLeadership();

  /**
   * As {@link #transferLeadership()}, to one voter.
   *
   * @throws GroupException also as {@code REJECTED}, if that is no other voter that this member is
   *     bonded with, or another one was elected
   */
  PeerId transferLeadership(PeerId to);

  /** As {@link #transferLeadership()} without blocking; the future fails with the exception. */
  CompletableFuture<PeerId> transferLeadershipAsync();

  /** As {@link #transferLeadership(PeerId)} without blocking. */
  CompletableFuture<PeerId> transferLeadershipAsync(PeerId to);

  /**
   * Says that the logs of these peers are lost for good, and are not to be waited for: for a group
   * that stands still because a majority of its committee is gone ({@link GroupStatus#outage}).
   * When no majority can return without them, and all other voters have agreed, the one of the
   * members that are there with the most complete log goes on with what it has, as the next epoch
   * of the group; what was committed and nobody who is there has is lost. Nothing happens while a
   * leader is known. Returns at once, and doesn't block; {@link #status} shows what comes of it.
   *
   * <p>It is enough to call it on the member with the most complete log; call it on all that
   * remain. A peer that was given up and comes back with its log all the same gives it up, and goes
   * on with the others.
   *
   * @param lost peers whose logs are lost; those that are there are not given up
   */
  void recover(Set<PeerId> lost);

  /** This member's bonds with others, ordered by peer. */
  List<BondInfo> bonds();

  /**
   * How often a bond was refused, by this member or by the other one, for each reason; zeros
   * included. The log tells each peer and reason once at INFO, and again at DEBUG.
   */
  Map<BondRefusal, Long> bondRefusals();

  /**
   * The voters as far as this member knows, ordered by id; under {@link
   * io.mosaik.groups.config.QuorumPolicy#BONDED} this member and the voters that it is bonded with.
   */
  default List<PeerId> committee() {
    return status().get().committee();
  }

  /** The last position that this member knows to be committed. */
  default long committed() {
    return status().get().committed();
  }

  /** The last position that this member has applied. */
  default long applied() {
    return status().get().applied();
  }

  /** What this member's machine is doing: whether it is stuck with a command, and which. */
  MachineStatus machine();

  /** This member's commands that are on their way now. */
  Pending pending();

  /** Conditions to wait for: {@code group.when().isOnline().await()}. */
  GroupConditions when();

  /**
   * Replicates a command, and waits until it is committed and applied on this member; 10 seconds at
   * most. Commands of one handle are applied in the order of the calls, also across changes of the
   * leader: each at most once, and once if this returns.
   *
   * <p>A member has at most 16,384 commands and 64 MiB of them on their way. Where there are as
   * many already, this waits for room, in turn, up to its deadline.
   *
   * @return the machine's result with the command's position
   * @throws GroupException that says whether the command surely was not applied or may have been
   * @throws RuntimeException of the machine's codec, if the command can't be encoded
   */
  Executed<R> execute(C command);

  /** As {@link #execute(Object)}, with another deadline. */
  Executed<R> execute(C command, Duration deadline);

  /**
   * As {@link #execute(Object)} without blocking; the future fails with a {@link GroupException}.
   * Where there is no room, or callers that block wait for it, the future fails at once as {@code
   * OFFLINE}. What is chained to it runs on a strand of this group for users' code alone, not on
   * the machine's.
   */
  CompletableFuture<Executed<R>> executeAsync(C command);

  /** As {@link #executeAsync(Object)}, with another deadline. */
  CompletableFuture<Executed<R>> executeAsync(C command, Duration deadline);

  /**
   * Replicates commands together, and waits until all are applied on this member; 10 seconds at
   * most. They are applied in their order, each once, and with nothing between them: all that were
   * appended in one term have positions that follow each other. Only a change of the leader can
   * part them; it shows in the terms of the results.
   *
   * @param commands from 1 to 2,000, and at most 8 MiB of them
   * @return what came of each, in their order; one that the machine rejects doesn't keep the others
   *     from being applied
   * @throws NoCommandsException if there are none
   * @throws GroupException that says of all of them whether they surely were not applied; as {@code
   *     UNKNOWN}, some may have been
   */
  List<Result<R>> executeAll(List<? extends C> commands);

  /** As {@link #executeAll(List)}, with another deadline. */
  List<Result<R>> executeAll(List<? extends C> commands, Duration deadline);

  /** As {@link #executeAll(List)} without blocking; see {@link #executeAsync(Object)}. */
  CompletableFuture<List<Result<R>>> executeAllAsync(List<? extends C> commands);

  /** As {@link #executeAllAsync(List)}, with another deadline. */
  CompletableFuture<List<Result<R>>> executeAllAsync(List<? extends C> commands, Duration deadline);

  /**
   * Hands a command to the leader, and waits until that has given it a position; 10 seconds at
   * most. It is not committed by then: a change of the leader may give it another position. This
   * member goes on to send it until it is applied, so it is applied once if this member lives and
   * the group goes on. Order and room are those of {@link #execute(Object)}.
   *
   * @return the position for now; {@code when().applied().reaches} waits for it
   * @throws GroupException that says whether the command surely was not applied or may have been
   * @throws RuntimeException of the machine's codec, if the command can't be encoded
   */
  Placed feed(C command);

  /** As {@link #feed(Object)}, with another deadline. */
  Placed feed(C command, Duration deadline);

  /** As {@link #feed(Object)} without blocking; see {@link #executeAsync(Object)}. */
  CompletableFuture<Placed> feedAsync(C command);

  /** As {@link #feedAsync(Object)}, with another deadline. */
  CompletableFuture<Placed> feedAsync(C command, Duration deadline);

  /**
   * As {@link #feed(Object)} for commands that go together, as those of {@link #executeAll(List)}.
   *
   * @return the position of each for now, in their order
   * @throws NoCommandsException if there are none
   */
  List<Placed> feedAll(List<? extends C> commands);

  /** As {@link #feedAll(List)}, with another deadline. */
  List<Placed> feedAll(List<? extends C> commands, Duration deadline);

  /** As {@link #feedAll(List)} without blocking; see {@link #executeAsync(Object)}. */
  CompletableFuture<List<Placed>> feedAllAsync(List<? extends C> commands);

  /** As {@link #feedAllAsync(List)}, with another deadline. */
  CompletableFuture<List<Placed>> feedAllAsync(List<? extends C> commands, Duration deadline);

  /**
   * Asks the machine, and waits for the answer; 10 seconds at most.
   *
   * @throws GroupException if an answer can't be had now; as {@code REJECTED} if a strong one is
   *     asked for under {@link io.mosaik.groups.config.QuorumPolicy#BONDED}
   */
  Answered<A> query(Q query, Consistency consistency);

  /** As {@link #query(Object, Consistency)}, with another deadline. */
  Answered<A> query(Q query, Consistency consistency, Duration deadline);

  /**
   * As {@link #query} without blocking. A weak query is asked on the machine's strand, between two
   * commands; a strong one as well, when this member has applied all that the leader had committed
   * when it was asked. At most 16,384 queries of a member wait at once: beyond that the future
   * fails at once as {@code OFFLINE}, and so it does when nothing has answered within 10 seconds or
   * the member has left.
   */
  CompletableFuture<Answered<A>> queryAsync(Q query, Consistency consistency);

  /** As {@link #queryAsync(Object, Consistency)}, with another deadline. */
  CompletableFuture<Answered<A>> queryAsync(Q query, Consistency consistency, Duration deadline);

  /** Gives this handle back; the last one leaves the group in order. Idempotent. */
  @Override
  void close();

  /** How fresh an answer must be. */
  enum Consistency {
    /** This member's applied state: at once, also without a leader, perhaps old. */
    WEAK,
    /** Linearizable: the leader's state, at least as new as when the query was asked. */
    STRONG
  }

  /** A member's part in its group. */
  enum Role {
    /** Orders the commands; at most one a term. */
    LEADER,
    /** A voter that follows a leader. */
    FOLLOWER,
    /** A voter that asks to become the leader. */
    CANDIDATE,
    /** Receives everything, votes on nothing: just arrived, behind, or beyond the committee. */
    LEARNER,
    /** Has no log yet and waits for a group to form. */
    UNFORMED
  }

  /**
   * What came of a committed command, at its position in the log.
   *
   * @param <R> results
   */
  sealed interface Result<R> {

    /** The command's position in the log. */
    long index();

    /** In which it was appended. */
    long term();

    /**
     * What the machine made of it.
     *
     * @throws GroupException as {@code REJECTED}, if the machine rejected it
     */
    Executed<R> orThrow();
  }

  /**
   * A command that was applied.
   *
   * @param result what the machine returned
   * @param index the command's position in the log
   * @param term in which it was appended
   */
  record Executed<R>(R result, long index, long term) implements Result<R> {

    @Override
    public Executed<R> orThrow() {
      return this;
    }
  }

  /**
   * A command that the machine rejected, alike on every member.
   *
   * @param reason with the machine's own error as its cause
   * @param index the command's position in the log
   * @param term in which it was appended
   */
  record Refused<R>(GroupException reason, long index, long term) implements Result<R> {

    @Override
    public Executed<R> orThrow() {
      throw reason;
    }
  }

  /**
   * Commands that are on their way.
   *
   * @param commands how many, of at most 16,384
   * @param bytes how many they have, of at most 64 MiB
   */
  record Pending(int commands, long bytes) {}

  /**
   * Where a leader has placed a command.
   *
   * @param index the position in the log
   * @param term of that leader
   */
  record Placed(long index, long term) {}

  /**
   * The answer to a query.
   *
   * @param answer what the machine returned
   * @param index the position up to which the answering state had applied the log
   */
  record Answered<A>(A answer, long index) {}
}

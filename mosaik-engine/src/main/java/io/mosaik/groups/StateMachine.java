package io.mosaik.groups;

import io.mosaik.id.Digest;
import io.mosaik.wire.Codec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group replicates. Every member applies the same commands in the same order, so {@link
 * #apply} must be deterministic: the same state and command give the same state and result on each
 * of them, whatever the time, the machine or the JVM. All methods of one instance are called on one
 * strand, one at a time; they may be slow, which delays this member's progress and nothing else.
 *
 * @param <C> commands: change the state
 * @param <R> results of commands
 * @param <Q> queries: read the state
 * @param <A> answers to queries
 */
public interface StateMachine<C, R, Q, A> {

  /**
   * Names the machine and its version. Members with different signatures never meet, so change it
   * whenever {@link #apply} changes its meaning.
   */
  String signature();

  /**
   * Applies a committed command.
   *
   * @return the result, handed back by {@code execute} on the member that issued the command
   * @throws RuntimeException to reject the command, on every member alike; the state must be as it
   *     was before. An {@link Error} rejects it, too, but for those that say something of this
   *     process and nothing of the command: a {@link VirtualMachineError} (out of memory, a stack
   *     that overflowed) or a {@link LinkageError} stops this member, before the command, which it
   *     applies when it is started again
   */
  R apply(C command, ApplyContext context);

  /**
   * How members that are behind get the state; the same at every call. {@link StateSync.LogReplay}
   * if not overridden.
   */
  default StateSync stateSync() {
    return StateSync.LogReplay.DEFAULT;
  }

  /**
   * A digest of the state, or null if the machine offers none, as it does if this is not
   * overridden. It is asked for now and then, on every member at the same positions of the log;
   * members whose digests differ have diverged, which is said as an error in the log and in the
   * status. Equal states have equal digests on every member. One that throws is taken for none, and
   * the log says so once.
   */
  default @Nullable Digest stateDigest() {
    return null;
  }

  /**
   * Applies committed commands that came together, in their order, and says of each what became of
   * it. What comes together is chance, and differs from member to member: so this must do what
   * {@link #apply} does for one after the other, as it does if it is not overridden. Override it
   * where many commands can be applied for less than the sum of them.
   *
   * @param commands one at least
   * @param results to be told of each command, in their order, before this returns
   * @throws RuntimeException if that fails as a whole: unlike the rejection of one command, this
   *     stops the member, since nobody knows what was applied
   */
  default void applyBatch(List<Committed<C>> commands, Results<R> results) {
    for (Committed<C> each : commands) {
      R result;
      try {
        result = apply(each.command(), each.context());
      } catch (RuntimeException | Error e) {
        if (MachineErrors.isOfTheProcess(e)) {
          throw e;
        }
        results.rejected(e);
        continue;
      }
      results.applied(result);
    }
  }

  /**
   * Goes back to the state before any command: what was applied so far is void, and commands follow
   * from the beginning of a log or of a snapshot. It happens where this member gives up its log for
   * another one.
   */
  void reset();

  /**
   * Answers a query; must not change the state.
   *
   * @throws RuntimeException if it can't be answered; whoever asked is told. The same for an {@link
   *     Error}, but that one of the JVM, other than a stack that overflowed, stops this member
   */
  A query(Q query);

  /** How commands travel and are kept. */
  Codec<C> commandCodec();

  /** How queries travel to the leader. */
  Codec<Q> queryCodec();

  /** How answers travel back from the leader. */
  Codec<A> answerCodec();

  /**
   * Hears what became of commands that are applied together: one call for each, in their order.
   *
   * @param <R> results
   */
  interface Results<R> {

    /** The next command was applied. */
    void applied(R result);

    /** The next command was rejected, on every member alike; the state is as it was before it. */
    void rejected(Throwable reason);
  }
}

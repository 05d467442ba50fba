package io.mosaik.groups;

/**
 * Settings of a membership. Not thread-safe.
 *
 * @param <C> commands
 * @param <R> results
 * @param <Q> queries
 * @param <A> answers
 */
public interface GroupBuilder<C, R, Q, A> {

  /** The machine to replicate; one instance for this membership alone. */
  <C2, R2, Q2, A2> GroupBuilder<C2, R2, Q2, A2> stateMachine(StateMachine<C2, R2, Q2, A2> machine);

  /**
   * Joins the group; bonds and elections go on in the background. Joining a group again on the same
   * node returns the same membership; it is left when the last handle is closed.
   *
   * @throws IllegalStateException if this node is in the group with another machine
   */
  Group<C, R, Q, A> join();
}

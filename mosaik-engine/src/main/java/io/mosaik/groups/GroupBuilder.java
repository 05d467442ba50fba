package io.mosaik.groups;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.id.GroupId;
import io.mosaik.tickets.TicketValidator;

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
   * The settings of consensus; {@link ConsensusConfig#DEFAULT} if not set. Every member must have
   * the same: they are part of the group's id.
   */
  GroupBuilder<C, R, Q, A> consensus(ConsensusConfig config);

  /**
   * Where this member keeps its log; in memory if not set, so that a member that restarts comes
   * back as a new one. The group closes the storage when it is left.
   *
   * @param storage for this membership alone
   */
  GroupBuilder<C, R, Q, A> storage(LogStorage storage);

  /**
   * Members bond only with who carries a good ticket of this class, beside the key, and for as long
   * as it is good; see {@link io.mosaik.discovery.Discovery#addTickets}. Asked for several, a
   * member needs one of each. Validators are part of the group's id, in the order of the calls.
   *
   * @param validator for this membership alone, or thread-safe
   */
  GroupBuilder<C, R, Q, A> requireTicket(TicketValidator validator);

  /**
   * Is told how what this member misses comes here from the others: entries of the log, and a
   * snapshot when it is too far behind for that. {@link GroupStatus#sync} tells of snapshots too.
   */
  GroupBuilder<C, R, Q, A> syncListener(SyncListener listener);

  /** This member replicates, and never votes or leads. Its own choice, not part of the id. */
  GroupBuilder<C, R, Q, A> observer();

  /** {@link #deprioritizeLeadershipBy} 3. */
  GroupBuilder<C, R, Q, A> deprioritizeLeadership();

  /**
   * This member leads only where others don't: its election timeout and bootstrap delay are
   * multiplied. Its own choice, not part of the id.
   *
   * @param multiplier from 1 to 1,000
   * @throws IllegalArgumentException if it is out of that range
   */
  GroupBuilder<C, R, Q, A> deprioritizeLeadershipBy(int multiplier);

  /** The group that {@link #join} joins, by what is set so far. */
  GroupId id();

  /**
   * Joins the group; bonds and elections go on in the background. Joining a group again on the same
   * node returns the same membership, with the settings of the first; it is left when the last
   * handle is closed.
   *
   * @throws IllegalStateException if this node is in the group with a machine of another class, or
   *     is closed
   */
  Group<C, R, Q, A> join();
}

package io.mosaik.groups.log;

/**
 * Keeps one member's log and hard state. One storage belongs to one member of one group.
 *
 * <p><b>Threading.</b> All calls come one after another, from one strand of the engine; they should
 * not block for long. {@code sync}'s callback may run on any thread.
 *
 * <p><b>Order and atomicity.</b> Writes take effect in the order of the calls, each as a whole or
 * not at all. After a crash, what is found is the effect of all writes up to some point, and that
 * point is not before the last {@link #sync} whose callback ran.
 *
 * <p><b>Durability.</b> {@link #write} alone promises nothing. What the callback of {@link #sync}
 * promises is the storage's to say: the in-memory one keeps its content as long as the object
 * lives. A storage that loses what it promised must lose its incarnation with it, for a member with
 * the same incarnation is trusted to remember its votes.
 *
 * <p><b>Errors.</b> An exception from any method ends the member's part in the group; the engine
 * closes the storage and does not call it again.
 */
public interface LogStorage extends AutoCloseable {

  /**
   * Reads everything back; called once, before anything else.
   *
   * @param newIncarnation an unpredictable number, which a new storage takes for its incarnation
   *     and keeps for good; a storage that has one already ignores it
   * @return what is stored
   */
  StoredLog open(long newIncarnation);

  /** Makes a change, not necessarily durable yet. */
  void write(LogWrite write);

  /**
   * Makes all writes so far durable.
   *
   * @param whenDurable called exactly once when they are, on any thread, perhaps before this method
   *     returns; never called if they can't be
   */
  void sync(Runnable whenDurable);

  /** Lets go of resources. Content stays what it was. Idempotent. */
  @Override
  void close();
}

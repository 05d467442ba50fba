/**
 * Groups of real processes on durable logs, over QUIC: members are killed and cut off while a
 * writer writes, and everything that was acknowledged to it must be there afterwards, once.
 *
 * <p>{@link io.mosaik.durable.processes.MemberMain} is a member, {@link
 * io.mosaik.durable.processes.Cluster} starts, kills and asks five of them, {@link
 * io.mosaik.durable.processes.Ordeal} is what they go through.
 */
@NullMarked
package io.mosaik.durable.processes;

import org.jspecify.annotations.NullMarked;

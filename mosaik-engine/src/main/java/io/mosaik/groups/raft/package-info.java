/**
 * How a group agrees on its log: Raft with the committee in the log, as a pure core.
 *
 * <p>{@link io.mosaik.groups.raft.Raft} takes an {@link io.mosaik.groups.raft.Input} (a message, a
 * fired timer, a bond that came up, a local call) and the time, and answers with {@link
 * io.mosaik.groups.raft.Effect}s for its shell to carry out, in order: send, store, apply, set a
 * timer. It has no thread, lock, clock, socket or disk, so a test drives it by calling it, and the
 * same seed always gives the same history. The rules it follows are numbered (E1, R3, C5, …) in
 * {@code docs/raft.md}; comments cite them, and the sections (§) of Diego Ongaro's dissertation
 * "Consensus: Bridging Theory and Practice" that they come from. Start reading at {@code Raft};
 * elections are in {@code Election}, the birth of a group in {@code Formation}, the leader's side
 * of the log in {@code Replication}, the others' in {@code Following} and {@code CatchUp}; whose
 * answers count is asked of a {@code Quorum}.
 */
@NullMarked
package io.mosaik.groups.raft;

import org.jspecify.annotations.NullMarked;

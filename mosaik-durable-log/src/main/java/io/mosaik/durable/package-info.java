/**
 * Keeps the log of a member of a group in the files of a directory, so that the member survives
 * {@code kill -9}, a crash of its machine and the restart of all members at once.
 *
 * <p>{@link io.mosaik.durable.DurableLogStorage} is what users make. Behind it the {@code
 * Committer} collects what waits and lets the {@code Journal} write it as one frame and make that
 * durable once for all that wait. The journal is a row of {@code Segment}s; {@code Replay} reads
 * them back and tells a tail that a crash has torn, which is cut, from damage, which is an error.
 * {@code Snapshots} are files beside them. All of it sees the disk as a {@code LogDirectory}, which
 * tests replace by one that fails, tears and forgets. The bytes are in {@code docs/log-format.md}.
 */
@NullMarked
package io.mosaik.durable;

import org.jspecify.annotations.NullMarked;

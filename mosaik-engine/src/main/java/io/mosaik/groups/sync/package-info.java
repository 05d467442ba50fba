/**
 * How members bring each other up to date beside the log: snapshots that travel in chunks, from
 * whoever has them, and digests by which members notice that they differ.
 *
 * <p>{@link io.mosaik.groups.sync.SnapshotFetch} gets one snapshot; {@link
 * io.mosaik.groups.sync.SnapshotShelf} decides how long an older one is kept for those who read it;
 * {@link io.mosaik.groups.sync.Divergence} compares. Like consensus they do no I/O: they take what
 * happened and the time, and give effects. When a snapshot is needed at all is decided by {@code
 * io.mosaik.groups.raft}.
 */
@NullMarked
package io.mosaik.groups.sync;

import org.jspecify.annotations.NullMarked;

/**
 * Groups: members that share a key replicate a state machine by Raft and fail over.
 *
 * <p>A {@link io.mosaik.groups.Group} is one membership. Below it, {@code bond} connects every pair
 * of members, {@code raft} decides what is committed and brings late members up to date (a pure
 * core: read it to see where Raft decides), {@code log} keeps it, and {@code sync} brings snapshots
 * from where they are to where the log lacks what they cover. Start reading at {@link
 * io.mosaik.groups.Groups}.
 *
 * <p>For users are this package, {@code config} (the settings that members share) and {@code log}
 * (where a member keeps its log, to be implemented). {@code bond}, {@code raft} and {@code sync}
 * are public for this package alone.
 */
@NullMarked
package io.mosaik.groups;

import org.jspecify.annotations.NullMarked;

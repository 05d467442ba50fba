/**
 * What a group remembers: the entries of its log and the few facts that must outlive a crash.
 *
 * <p>A group's log is a list of {@link io.mosaik.groups.log.Entry entries}, each with the term of
 * the leader that made it; a {@link io.mosaik.groups.log.LogPosition} names one of them. The first
 * entry founds a {@link io.mosaik.groups.log.Lineage} and names its {@link
 * io.mosaik.groups.log.Committee}, the {@link io.mosaik.groups.log.Member members} that vote.
 * {@link io.mosaik.groups.log.LogStorage} is what keeps them; start reading there. Nothing here
 * knows how the entries are agreed on: that is {@code io.mosaik.groups.raft}.
 */
@NullMarked
package io.mosaik.groups.log;

import org.jspecify.annotations.NullMarked;

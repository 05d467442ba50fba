package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a core.
 *
 * @param role its role
 * @param term its current term
 * @param leader the leader it knows in this term, itself included
 * @param lineage of its log
 * @param committee it goes by; null while unformed
 * @param last the end of its log
 * @param base the position before the first entry that it holds
 * @param heldBytes how many bytes the entries that it holds have
 * @param commitIndex up to where it knows its log to be committed
 * @param outage why there has been no leader for long; null unless it is for want of a majority
 * @param online whether it leads and an entry of its term is committed, or follows a leader in step
 */
public record RaftStatus(
    Role role,
    long term,
    @Nullable Member leader,
    Lineage lineage,
    @Nullable Committee committee,
    LogPosition last,
    LogPosition base,
    long heldBytes,
    long commitIndex,
    @Nullable Outage outage,
    boolean online) {}

package io.mosaik.streams;

/**
 * Consumers that share a producer's datums, as they are now.
 *
 * @param name of the group
 * @param members that are subscribed; none, if the last has left and what it had is kept for a
 *     minute
 * @param waiting datums that wait until a member has room
 * @param outstanding datums that members have and that their applications have not taken yet
 * @param handedOver datums that members left untaken when they went, so far
 * @param lost datums that were taken for the group and that no member got, so far
 */
public record ShareGroupInfo(
    String name, int members, int waiting, int outstanding, long handedOver, long lost) {}

package io.mosaik.groups;

import io.mosaik.id.PeerId;

/**
 * What a state machine may know of the command it applies; the same on every member.
 *
 * @param index the command's position in the log, from 1; grows, with gaps
 * @param term in which it was appended
 * @param origin the member that issued it
 */
public record ApplyContext(long index, long term, PeerId origin) {}

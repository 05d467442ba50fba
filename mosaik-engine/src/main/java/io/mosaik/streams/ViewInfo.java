package io.mosaik.streams;

/**
 * What a view holds at one moment, and what it has done.
 *
 * @param producers of how many it has a state
 * @param version how many changes there were, see {@link ViewState#version}
 * @param states how many states came: one of each producer, and another wherever datums were missed
 *     that the past no longer held
 * @param stateBytes what those that came last take, encoded; of each producer that it has one of
 * @param lag datums that have come and are not folded yet
 * @param failed datums on which the reducer failed, and states that could not be read
 */
public record ViewInfo(
    int producers, long version, long states, long stateBytes, long lag, long failed) {}

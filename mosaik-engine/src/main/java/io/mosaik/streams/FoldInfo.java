package io.mosaik.streams;

/**
 * A fold at its producer.
 *
 * @param name the fold's
 * @param waiting datums that wait for the reducer
 * @param states how many states were made for views
 * @param stateBytes what the last of them takes, encoded; 0 before the first
 * @param failed datums on which the reducer failed, and states that could not be encoded or were
 *     too large
 */
public record FoldInfo(String name, int waiting, long states, long stateBytes, long failed) {}

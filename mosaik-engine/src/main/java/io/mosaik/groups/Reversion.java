package io.mosaik.groups;

/**
 * A log was given up for another one: what was committed and applied behind the common part is
 * void, and the machine has started over.
 *
 * @param from the position that had been committed
 * @param to the last position of the common part; 0 if there is none
 */
public record Reversion(long from, long to) {}

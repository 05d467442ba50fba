/**
 * A world of whole nodes in virtual time, for tests of the engine and of what is built on it.
 *
 * <p>In a {@link io.mosaik.sim.World} one thing happens at a time, as one seed decides. Every timer
 * and every frame on the way is an entry of one queue; at each instant the seed picks the strand,
 * of whichever node, that has its turn. Between the nodes lie paths with latency, jitter and
 * bandwidth, which can be cut one way or both; nodes crash, restart, pause, become slow, and their
 * clocks are wrong. The same seed replays the same run, event by event. The code under test is the
 * code that ships: it gets a {@link io.mosaik.Host} and cannot tell. Start reading at {@link
 * io.mosaik.sim.World}.
 */
@NullMarked
package io.mosaik.sim;

import org.jspecify.annotations.NullMarked;

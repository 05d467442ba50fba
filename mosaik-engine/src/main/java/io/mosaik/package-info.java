/**
 * The way in: a {@link io.mosaik.Network} is one node of a network.
 *
 * <p>Build it with {@link io.mosaik.Network#builder}; from then on {@code network.streams()},
 * {@code network.groups()} and {@code network.discovery()} do the rest. Everything below this
 * package hangs on the {@link io.mosaik.Host} that the node runs on: a real machine, or a node of a
 * simulated world.
 */
@NullMarked
package io.mosaik;

import org.jspecify.annotations.NullMarked;

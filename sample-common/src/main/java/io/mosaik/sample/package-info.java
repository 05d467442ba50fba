/**
 * What the three sample applications share: the records that travel ({@link
 * io.mosaik.sample.Order}, {@link io.mosaik.sample.Fill}), the orders file and its generator, and
 * the small bookkeeping classes that matcher and reporter must agree on. Plain values and plain
 * classes; start reading at {@link io.mosaik.sample.Order}, then {@link
 * io.mosaik.sample.SequenceSet}, on which "exactly once" rests.
 */
@NullMarked
package io.mosaik.sample;

import org.jspecify.annotations.NullMarked;

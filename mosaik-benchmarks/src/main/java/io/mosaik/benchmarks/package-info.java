/**
 * Measures Mosaik on this machine: {@link io.mosaik.benchmarks.Benchmarks} is the command, a class
 * for each part of Mosaik has its scenarios, and {@link io.mosaik.benchmarks.ClosedLoop} is how
 * most of them load it.
 */
@NullMarked
package io.mosaik.benchmarks;

import org.jspecify.annotations.NullMarked;

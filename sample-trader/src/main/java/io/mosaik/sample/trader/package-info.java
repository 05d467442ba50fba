/** The trader: reads orders from a file, or makes them up, and sends them at a steady rate. */
@NullMarked
package io.mosaik.sample.trader;

import org.jspecify.annotations.NullMarked;

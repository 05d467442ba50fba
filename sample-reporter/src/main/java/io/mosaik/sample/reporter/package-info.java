/**
 * The reporter: hears every fill, several times, and counts each once. {@link
 * io.mosaik.sample.reporter.FillLedger} does the counting and is a plain class.
 */
@NullMarked
package io.mosaik.sample.reporter;

import org.jspecify.annotations.NullMarked;

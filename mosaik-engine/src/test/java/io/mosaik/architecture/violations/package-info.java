/** A made-up house in which every architecture rule is broken once, on purpose, and kept beside. */
@NullMarked
package io.mosaik.architecture.violations;

import org.jspecify.annotations.NullMarked;

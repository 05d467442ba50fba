/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.sim;

import org.jspecify.annotations.NullMarked;

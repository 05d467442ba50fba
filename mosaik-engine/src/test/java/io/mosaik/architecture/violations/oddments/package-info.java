/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.oddments;

import org.jspecify.annotations.NullMarked;

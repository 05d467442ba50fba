/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.wire;

import org.jspecify.annotations.NullMarked;

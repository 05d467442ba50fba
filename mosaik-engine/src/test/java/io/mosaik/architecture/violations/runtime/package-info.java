/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.runtime;

import org.jspecify.annotations.NullMarked;

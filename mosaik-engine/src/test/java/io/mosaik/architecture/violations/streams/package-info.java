/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.streams;

import org.jspecify.annotations.NullMarked;

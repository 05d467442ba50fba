/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.discovery;

import org.jspecify.annotations.NullMarked;

/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.groups.bond;

import org.jspecify.annotations.NullMarked;

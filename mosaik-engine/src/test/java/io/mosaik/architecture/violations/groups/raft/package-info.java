/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.groups.raft;

import org.jspecify.annotations.NullMarked;

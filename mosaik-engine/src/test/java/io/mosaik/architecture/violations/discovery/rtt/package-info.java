/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.discovery.rtt;

import org.jspecify.annotations.NullMarked;

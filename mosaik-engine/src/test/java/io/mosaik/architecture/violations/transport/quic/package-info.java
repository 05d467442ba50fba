/** Part of the made-up house. */
@NullMarked
package io.mosaik.architecture.violations.transport.quic;

import org.jspecify.annotations.NullMarked;

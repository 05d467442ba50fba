/** Holds the Spring integration to the engine's public API. */
@NullMarked
package io.mosaik.architecture;

import org.jspecify.annotations.NullMarked;

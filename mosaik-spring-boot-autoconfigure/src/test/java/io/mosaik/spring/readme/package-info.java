/** The code of the README, compiled and run as it stands there. */
@NullMarked
package io.mosaik.spring.readme;

import org.jspecify.annotations.NullMarked;

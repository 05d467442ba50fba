/** Tests of the auto-configuration. */
@NullMarked
package io.mosaik.spring.boot;

import org.jspecify.annotations.NullMarked;

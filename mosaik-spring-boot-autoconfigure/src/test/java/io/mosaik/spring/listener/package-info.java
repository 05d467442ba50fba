/** Tests of listeners from inside. */
@NullMarked
package io.mosaik.spring.listener;

import org.jspecify.annotations.NullMarked;

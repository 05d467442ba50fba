@NullMarked
package io.mosaik.architecture.violations.collections;

import org.jspecify.annotations.NullMarked;

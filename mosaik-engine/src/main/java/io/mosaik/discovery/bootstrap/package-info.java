/**
 * Where a node that knows nobody looks first. A {@link
 * io.mosaik.discovery.bootstrap.BootstrapSource} names addresses and says when they change;
 * discovery polls them, eagerly while the node is alone.
 */
@NullMarked
package io.mosaik.discovery.bootstrap;

import org.jspecify.annotations.NullMarked;

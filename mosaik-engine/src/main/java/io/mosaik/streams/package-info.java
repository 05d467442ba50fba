/**
 * Typed pub/sub: producers and consumers of a stream find each other through the catalog.
 *
 * <p>A {@link io.mosaik.streams.Producer} hands each datum to every subscribed {@link
 * io.mosaik.streams.Consumer}; nobody configures who is connected to whom. Start reading at {@link
 * io.mosaik.streams.Streams}.
 */
@NullMarked
package io.mosaik.streams;

import org.jspecify.annotations.NullMarked;

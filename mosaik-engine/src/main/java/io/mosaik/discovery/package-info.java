/**
 * Who is there: signed entries, a catalog that every node holds alike, and the events of its
 * changes.
 *
 * <p>Each node describes itself by a {@link io.mosaik.discovery.PeerEntry}, signs it and announces
 * it; the {@link io.mosaik.discovery.Catalog} is what a node knows of all others. Start reading at
 * {@link io.mosaik.discovery.Discovery}.
 */
@NullMarked
package io.mosaik.discovery;

import org.jspecify.annotations.NullMarked;

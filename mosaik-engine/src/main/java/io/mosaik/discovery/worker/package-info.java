/**
 * The worker behind {@link io.mosaik.discovery.Discovery}: it owns the catalog and the node's own
 * entry on one strand, and carries out what the pure cores decide.
 *
 * <p>{@link io.mosaik.discovery.worker.DiscoveryNode} is the way in, for the network facade alone.
 * {@code CatalogCore} says which notice is news; {@code io.mosaik.discovery.gossip} who hears of it
 * and who is alive; {@code io.mosaik.discovery.sync} what two catalogs lack of each other.
 */
@NullMarked
package io.mosaik.discovery.worker;

import org.jspecify.annotations.NullMarked;

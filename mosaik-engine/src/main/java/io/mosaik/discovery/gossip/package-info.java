/**
 * How news spreads, and how the living are told from the dead.
 *
 * <p>{@link io.mosaik.discovery.gossip.GossipCore} is a pure core: links that open and close, news
 * and the time go in, messages to send, peers to dial and peers to give up come out. It keeps one
 * link to every peer it knows and floods news over them; who replaces it by partial views and a
 * broadcast tree changes nothing above it. {@link io.mosaik.discovery.gossip.AnnounceMessage} is
 * what travels.
 */
@NullMarked
package io.mosaik.discovery.gossip;

import org.jspecify.annotations.NullMarked;

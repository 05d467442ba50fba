/**
 * Connections between peers: authenticated by their keys, framed, one protocol each.
 *
 * <p>An {@link io.mosaik.transport.Endpoint} dials and accepts {@link
 * io.mosaik.transport.Connection}s: QUIC in {@code transport.quic}, virtual in a simulated world,
 * both held to the same contract. Above them, {@link io.mosaik.transport.Links} turns a connection
 * into a typed {@link io.mosaik.transport.Link}: it exchanges the greeting that keeps networks
 * apart, decodes messages, and hands them to a worker's strand through a bounded inbox. Start
 * reading at {@link io.mosaik.transport.Link}.
 */
@NullMarked
package io.mosaik.transport;

import org.jspecify.annotations.NullMarked;

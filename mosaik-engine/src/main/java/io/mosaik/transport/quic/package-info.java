/**
 * Connections over QUIC (RFC 9000), through Netty and quiche.
 *
 * <p>A {@link io.mosaik.transport.quic.QuicEndpoint} owns the sockets and event loops of one node.
 * Each connection is a QUIC connection with one bidirectional stream, opened by the side that
 * dialled; TLS 1.3 with a self-signed Ed25519 certificate on both sides proves the keys, the ALPN
 * names the protocol, and the connection's close code carries the reason. Everything here runs on
 * the event loops; nothing here knows what the frames mean.
 */
@NullMarked
package io.mosaik.transport.quic;

import org.jspecify.annotations.NullMarked;

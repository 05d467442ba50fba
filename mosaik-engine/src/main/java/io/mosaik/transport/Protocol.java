package io.mosaik.transport;

import io.mosaik.wire.Codec;

/**
 * What is spoken on a link.
 *
 * @param alpn its name in the TLS handshake (RFC 7301), as {@code /mosaik/ping}
 * @param revision of its messages; both sides must have the same
 * @param codec of its messages
 * @param maxFrameBytes the longest message taken from the other side
 * @param <M> the messages
 */
public record Protocol<M>(String alpn, int revision, Codec<M> codec, int maxFrameBytes) {

  /** The frame limit where nothing else is said: 16 MiB. */
  public static final int DEFAULT_MAX_FRAME_BYTES = 16 * 1024 * 1024;

  /** With the default frame limit. */
  public Protocol(String alpn, int revision, Codec<M> codec) {
    this(alpn, revision, codec, DEFAULT_MAX_FRAME_BYTES);
  }
}

package io.mosaik.transport.quic;

import java.time.Duration;

/**
 * The limits of a {@link QuicEndpoint}.
 *
 * @param handshakeTimeout how long a dial of one address may take
 * @param idleTimeout after how long without a sign of life a connection is lost; the shorter of
 *     both sides' counts, and the dialler sends a sign of life three times in it
 * @param closeTimeout how long a close waits for what was sent before to arrive; up to five times
 *     as long while the other side shows that it is there
 * @param windowBytes how much one connection's other side may send before it is read
 * @param retryAbove how many unfinished handshakes it takes until further diallers must prove their
 *     address first, at the price of a round trip (RFC 9000 §8.1.2); 0 asks it of all
 * @param maxConnections how many connections an endpoint has at most; further ones are refused with
 *     {@link io.mosaik.transport.CloseReason#CANCELLED}, dialled or accepted
 * @param eventLoops threads that connections spread over; 0 chooses by the machine's processors.
 *     More than one needs sockets that share a port, which is Linux alone; elsewhere it is one.
 */
public record QuicOptions(
    Duration handshakeTimeout,
    Duration idleTimeout,
    Duration closeTimeout,
    int windowBytes,
    int retryAbove,
    int maxConnections,
    int eventLoops) {

  /** 10 s to dial, lost after 10 s of silence, 2 s to close, 2 MiB of window. */
  public static final QuicOptions DEFAULTS =
      new QuicOptions(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          2 * 1024 * 1024,
          64,
          20_000,
          0);

  /** Checks the ranges. */
  public QuicOptions {
    requirePositive("handshakeTimeout", handshakeTimeout);
    requirePositive("idleTimeout", idleTimeout);
    requirePositive("closeTimeout", closeTimeout);
    if (windowBytes < 16 * 1024) {
      throw new IllegalArgumentException("windowBytes is 16384 or more, not " + windowBytes);
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections is 1 or more, not " + maxConnections);
    }
    if (retryAbove < 0 || eventLoops < 0) {
      throw new IllegalArgumentException(
          "retryAbove and eventLoops are 0 or more, not " + retryAbove + " and " + eventLoops);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.toMillis() == 0) {
      throw new IllegalArgumentException(name + " is 1 ms or more, not " + value);
    }
  }

  /** The same with another idle timeout. */
  public QuicOptions withIdleTimeout(Duration timeout) {
    return new QuicOptions(
        handshakeTimeout,
        timeout,
        closeTimeout,
        windowBytes,
        retryAbove,
        maxConnections,
        eventLoops);
  }

  /** The same with another handshake timeout. */
  public QuicOptions withHandshakeTimeout(Duration timeout) {
    return new QuicOptions(
        timeout, idleTimeout, closeTimeout, windowBytes, retryAbove, maxConnections, eventLoops);
  }

  /** The same with another number of unfinished handshakes that are taken without proof. */
  public QuicOptions withRetryAbove(int handshakes) {
    return new QuicOptions(
        handshakeTimeout,
        idleTimeout,
        closeTimeout,
        windowBytes,
        handshakes,
        maxConnections,
        eventLoops);
  }

  /** The same with another number of event loops. */
  public QuicOptions withEventLoops(int count) {
    return new QuicOptions(
        handshakeTimeout,
        idleTimeout,
        closeTimeout,
        windowBytes,
        retryAbove,
        maxConnections,
        count);
  }

  /** The same with another limit of connections. */
  public QuicOptions withMaxConnections(int count) {
    return new QuicOptions(
        handshakeTimeout, idleTimeout, closeTimeout, windowBytes, retryAbove, count, eventLoops);
  }
}

package io.mosaik.transport;

import java.time.Duration;

/**
 * The limits of a node's links.
 *
 * @param dialDeadline how long a dial may take until one candidate has proven its key
 * @param greetingDeadline how long the other side's greeting may take on an open connection
 * @param candidateDelay how long a candidate is given before the next is tried beside it (RFC 8305
 *     §5)
 * @param inboxHighBytes received and not yet handled bytes from which on a link stops reading
 * @param inboxLowBytes and below which it reads again
 * @param batchMessages how many messages one link handles before its strand turns to other work
 */
public record LinkOptions(
    Duration dialDeadline,
    Duration greetingDeadline,
    Duration candidateDelay,
    int inboxHighBytes,
    int inboxLowBytes,
    int batchMessages) {

  /** 10 s to dial, 5 s to greet, 250 ms between candidates, 1 MiB of inbox, 64 messages a turn. */
  public static final LinkOptions DEFAULTS =
      new LinkOptions(
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofMillis(250),
          1024 * 1024,
          256 * 1024,
          64);

  /** Checks that the limits make sense together. */
  public LinkOptions {
    if (inboxLowBytes < 0 || inboxHighBytes <= inboxLowBytes) {
      throw new IllegalArgumentException(
          "the inbox's marks must be 0 <= low < high, these are "
              + inboxLowBytes
              + " and "
              + inboxHighBytes);
    }
    if (batchMessages < 1) {
      throw new IllegalArgumentException("a batch has 1 message or more, not " + batchMessages);
    }
  }
}

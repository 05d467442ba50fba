package io.mosaik.streams.protocol;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.Digest;
import io.mosaik.id.StoreId;
import io.mosaik.id.StreamId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message of {@code /mosaik/streams/1.0}. */
public sealed interface StreamMessage
    permits StreamMessage.Subscribe,
        StreamMessage.Credit,
        StreamMessage.Accepted,
        StreamMessage.Taken,
        StreamMessage.State,
        StreamMessage.StatePart,
        DatumBatch {

  /**
   * The consumer's first message, once: asks for the stream.
   *
   * @param stream which
   * @param consumer tells the consumers of one node apart, and is the same each time one of them
   *     comes back: a new subscription of the same one replaces its old one
   * @param entry the version of the consumer's own entry, by which the producer sees whether the
   *     one it judges by is out of date
   * @param credit what may be sent before the first {@link Credit}
   * @param criteria which datums it wants, or null for all; the others neither travel nor count
   * @param from where to begin
   * @param shareGroup with whom it shares the datums, or null if it wants all of them: the members
   *     of a group, which are the consumers that give this name to one producer, get each datum
   *     once, from now on
   * @param fold whose state it wants first, unless it can go on where it was; null for none. Not
   *     with criteria or a share group
   */
  record Subscribe(
      StreamId stream,
      long consumer,
      EntryVersion entry,
      Credit credit,
      @Nullable Criteria criteria,
      From from,
      @Nullable String shareGroup,
      @Nullable StoreId fold)
      implements StreamMessage {

    /** The longest criteria, encoded. */
    public static final int MAX_CRITERIA_BYTES = 64 * 1024;

    /** The longest name of a share group, in bytes of UTF-8. */
    public static final int MAX_SHARE_GROUP_BYTES = 256;

    /** Asks for everything from now on. */
    public Subscribe(StreamId stream, long consumer, EntryVersion entry, Credit credit) {
      this(stream, consumer, entry, credit, null, From.NOW, null, null);
    }

    /** The same without criteria: what remains to be known once they are answered. */
    public Subscribe withoutCriteria() {
      return new Subscribe(stream, consumer, entry, credit, null, from, shareGroup, fold);
    }
  }

  /** Where a subscription begins. A producer that keeps nothing begins with what is new. */
  sealed interface From {

    /** With what is new. */
    From NOW = new Now();

    /** With the oldest that the producer keeps. */
    From EARLIEST = new Earliest();

    /** See {@link #NOW}. */
    record Now() implements From {}

    /** See {@link #EARLIEST}. */
    record Earliest() implements From {}

    /**
     * Where an earlier subscription ended: with this datum, or the next one that the producer
     * keeps. A producer that runs anew begins with the oldest that it keeps, and one that has given
     * up the numbering, with what is new.
     *
     * @param incarnation of the numbering
     * @param nextSequence the number of the first datum that did not come
     */
    record Position(long incarnation, long nextSequence) implements From {

      /** Checks the number. */
      public Position {
        if (nextSequence < 0) {
          throw new IllegalArgumentException("a sequence number of " + nextSequence);
        }
      }

      /** Whether it is exactly this datum of this numbering. */
      public boolean isAt(long numbering, long sequence) {
        return incarnation == numbering && nextSequence == sequence;
      }
    }
  }

  /**
   * How much the consumer takes on this link, counted from its beginning: a later credit replaces
   * an earlier one and is never smaller. A datum may be sent while fewer datums than {@code datums}
   * and fewer bytes than {@code bytes} were sent before it; so the last one may exceed the bytes.
   *
   * @param datums at most {@link #MAX_AHEAD_DATUMS} more than were sent
   * @param bytes at most {@link #MAX_AHEAD_BYTES} more than were sent, without lengths and headers
   */
  record Credit(long datums, long bytes) implements StreamMessage {

    /** The most datums that a consumer may ask for in advance. */
    public static final long MAX_AHEAD_DATUMS = 1L << 24;

    /** The most bytes that a consumer may ask for in advance. */
    public static final long MAX_AHEAD_BYTES = 1L << 32;

    /** Checks that both are there. */
    public Credit {
      if (datums < 0 || bytes < 0) {
        throw new IllegalArgumentException("a credit of " + datums + " datums, " + bytes + " B");
      }
    }

    /**
     * Checks that it asks for no more in advance than is allowed, given what was sent.
     *
     * @throws MalformedException if it does
     */
    public void checkAhead(long sentDatums, long sentBytes) {
      if (datums - sentDatums > MAX_AHEAD_DATUMS || bytes - sentBytes > MAX_AHEAD_BYTES) {
        throw new MalformedException(
            "a credit of "
                + (datums - sentDatums)
                + " datums, "
                + (bytes - sentBytes)
                + " bytes in advance; at most "
                + MAX_AHEAD_DATUMS
                + " and "
                + MAX_AHEAD_BYTES
                + " are allowed");
      }
    }
  }

  /**
   * A member of a share group says how far its application is, so that the producer needs to keep
   * no more for others than what is left.
   *
   * @param datums that were taken since the link began; never fewer than before
   */
  record Taken(long datums) implements StreamMessage {

    /** Checks the number. */
    public Taken {
      if (datums < 0) {
        throw new IllegalArgumentException(datums + " datums taken");
      }
    }
  }

  /**
   * The producer's first message, once: the subscription carries data from here on.
   *
   * @param incarnation of the numbering: the upper 40 bits were drawn when the producer was built,
   *     the others tell what it numbers apart, everything or what satisfies some criteria, since it
   *     began to; sequence numbers of different incarnations have nothing to do with each other
   * @param nextSequence the number of the datum that comes first, among those that satisfy the
   *     criteria
   */
  record Accepted(long incarnation, long nextSequence) implements StreamMessage {

    /** Checks the number. */
    public Accepted {
      if (nextSequence < 0) {
        throw new IllegalArgumentException("a sequence number of " + nextSequence);
      }
    }
  }

  /**
   * After {@link Accepted}, before any datum: the state of the fold that was asked for, from all
   * datums before those that follow. As many {@link StatePart}s follow as make up its bytes.
   *
   * @param totalBytes how long it is
   * @param digest BLAKE3 of its bytes
   */
  record State(long totalBytes, Digest digest) implements StreamMessage {

    /** Checks the length. */
    public State {
      if (totalBytes < 0) {
        throw new IllegalArgumentException("a state of " + totalBytes + " bytes");
      }
    }
  }

  /**
   * The next bytes of a state.
   *
   * @param bytes at least 1, at most {@link #MAX_BYTES}; must not change
   */
  record StatePart(byte[] bytes) implements StreamMessage {

    /** The most bytes of one part. */
    public static final int MAX_BYTES = 64 * 1024;

    @Override
    public boolean equals(Object other) {
      return other instanceof StatePart that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes of a state";
    }
  }
}

package io.mosaik.streams;

import io.mosaik.streams.flow.Retention;
import java.time.Duration;
import java.util.Objects;

/**
 * How much a producer keeps of what it has sent, for consumers that come late or come back. All
 * bounds hold at once; the oldest goes first.
 *
 * <p>The bytes are those of the encoded datums, which are shared with what waits for consumers, and
 * what it takes to keep them: 8 for each datum, and 256 for each batch that they were sent in. So
 * they are what a producer's past takes of the heap. There is always a bound in bytes, 64 MiB if
 * none is given. For each distinct criteria that consumers have, as many datums are kept for as
 * long besides, in a sixteenth of the bytes.
 *
 * @param datums how many at most, exactly; {@link Long#MAX_VALUE} for no bound
 * @param bytes how many at most
 * @param age for how long; a datum may be kept an eighth longer, or 20 ms. {@link #FOREVER} for no
 *     bound
 */
public record Replay(long datums, long bytes, Duration age) {

  /** No bound in time. */
  public static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private static final Duration MIN_TICK = Duration.ofMillis(10);
  private static final Duration MAX_TICK = Duration.ofSeconds(5);
  private static final long DEFAULT_BYTES = 64L * 1024 * 1024;

  /** Nothing is kept. */
  public static final Replay NONE = new Replay(0, 0, Duration.ZERO);

  /** Checks the numbers. */
  public Replay {
    Objects.requireNonNull(age);
    if (datums < 0 || bytes < 0 || age.isNegative()) {
      throw new IllegalArgumentException(
          "keeps " + datums + " datums, " + bytes + " bytes, for " + age + "; give no less than 0");
    }
  }

  /** The last so many datums, in at most 64 MiB. */
  public static Replay last(long datums) {
    return new Replay(positive(datums), DEFAULT_BYTES, FOREVER);
  }

  /** The last datums that so many bytes hold. */
  public static Replay lastBytes(long bytes) {
    return new Replay(Long.MAX_VALUE, positive(bytes), FOREVER);
  }

  /** The datums of the last so long, in at most 64 MiB. */
  public static Replay lastFor(Duration age) {
    var unused = positive(age.toNanos());
    return new Replay(Long.MAX_VALUE, DEFAULT_BYTES, age);
  }

  /** The same with another bound in datums. */
  public Replay withDatums(long most) {
    return new Replay(positive(most), bytes, age);
  }

  /** The same with another bound in bytes. */
  public Replay withBytes(long most) {
    return new Replay(datums, positive(most), age);
  }

  /** The same with another bound in time. */
  public Replay withAge(Duration most) {
    var unused = positive(most.toNanos());
    return new Replay(datums, bytes, most);
  }

  private static long positive(long number) {
    if (number < 1) {
      throw new IllegalArgumentException("a past of " + number + "; give more than zero");
    }
    return number;
  }

  /** How often to look for what is too old. */
  Duration tickInterval() {
    return Duration.ofNanos(Math.clamp(age.toNanos() / 16, MIN_TICK.toNanos(), MAX_TICK.toNanos()));
  }

  Retention toRetention() {
    return new Retention(datums, bytes, age.toNanos());
  }
}

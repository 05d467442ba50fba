package io.mosaik.wire;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What every decoder keeps to, whatever bytes come. The tests that Jazzer fuzzes are made of it: it
 * gives them bytes that it has chosen by what earlier ones have reached.
 */
public final class DecoderContract {

  /** What may be allocated for no bytes at all: an exception with its stack, above all. */
  private static final long FREE_BYTES = 256 * 1024;

  /** What may be allocated for each byte that came. */
  private static final long BYTES_PER_BYTE = 64;

  /** The first time, classes may be loaded. */
  private static final int ATTEMPTS = 3;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private DecoderContract() {}

  /**
   * Checks a decoder of values that have exactly one form: bytes are refused as malformed, or are
   * those that the value is encoded to; and nothing large is allocated for few bytes.
   *
   * @return the value, or null if the bytes were refused
   */
  public static <T> @Nullable T readsOneForm(Codec<T> codec, byte[] input) {
    T value = read(codec, input);
    if (value != null && !Arrays.equals(codec.toBytes(value), input)) {
      throw new AssertionError("another form of " + value);
    }
    return value;
  }

  /**
   * Checks a decoder of values that may have several forms: bytes are refused as malformed, or are
   * a value that stays the same when it is encoded and decoded again; and nothing large is
   * allocated for few bytes.
   *
   * @return the value, or null if the bytes were refused
   */
  public static <T> @Nullable T readsTheSameAgain(Codec<T> codec, byte[] input) {
    T value = read(codec, input);
    if (value != null) {
      byte[] bytes = codec.toBytes(value);
      if (!Arrays.equals(codec.toBytes(codec.fromBytes(bytes)), bytes)) {
        throw new AssertionError("encoded and decoded it is no more " + value);
      }
    }
    return value;
  }

  private static <T> @Nullable T read(Codec<T> codec, byte[] input) {
    var read = new AtomicReference<@Nullable T>();
    allocatesLittle(
        input.length,
        () -> {
          try {
            read.set(codec.fromBytes(input));
          } catch (MalformedException refused) {
            if (refused.getMessage() == null) {
              throw new AssertionError("refused without a reason", refused);
            }
          }
        });
    T value = read.get();
    if (value != null && value.toString() == null) {
      throw new AssertionError("a log can't name it");
    }
    return value;
  }

  /**
   * Checks that decoding allocates in proportion to the bytes that came, not to what they claim.
   *
   * @param inputBytes how many came
   * @param decoding done up to three times
   */
  public static void allocatesLittle(int inputBytes, Runnable decoding) {
    long allowed = FREE_BYTES + BYTES_PER_BYTE * inputBytes;
    for (int attempt = 1; ; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      decoding.run();
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (allocated <= allowed) {
        return;
      }
      if (attempt == ATTEMPTS) {
        throw new AssertionError(
            "allocates %,d bytes for %,d, at most %,d are allowed"
                .formatted(allocated, inputBytes, allowed));
      }
    }
  }
}

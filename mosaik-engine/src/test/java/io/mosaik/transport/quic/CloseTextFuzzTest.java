package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The text with which the other side closes. */
@Decodes(CloseCodes.class)
final class CloseTextFuzzTest {

  static Stream<byte[]> texts() {
    return Stream.of("too slow", "two\nlines\u001b[2J", "\u00e9".repeat(200), "\u2028\u202e")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("texts")
  @FuzzTest
  void a_text_is_a_short_line_that_no_terminal_obeys(byte[] input) {
    DecoderContract.allocatesLittle(
        input.length,
        () -> {
          String text = CloseCodes.textFromWire(input);
          assertThat(text.length()).isLessThanOrEqualTo(CloseCodes.MAX_TEXT_BYTES);
          assertThat(text.codePoints().noneMatch(CloseTextFuzzTest::isObeyed)).isTrue();
        });
  }

  private static boolean isObeyed(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}

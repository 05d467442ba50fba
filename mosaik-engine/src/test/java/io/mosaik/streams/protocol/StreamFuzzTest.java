package io.mosaik.streams.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels between a consumer and a producer. */
@Decodes({StreamCodec.class, DatumBatch.class})
final class StreamFuzzTest {

  private static final StreamCodec CODEC = new StreamCodec();

  static Stream<byte[]> messages() {
    return StreamCodecTest.examples().stream().map(CODEC::toBytes);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_stays_the_same_and_its_datums_are_its_bytes(byte[] input) {
    StreamMessage message = DecoderContract.readsTheSameAgain(CODEC, input);
    if (message != null) {
      assertThat(CODEC.fromBytes(CODEC.toBytes(message))).isEqualTo(message);
    }
    if (message instanceof DatumBatch batch) {
      assertThat(CODEC.toBytes(batch)).isEqualTo(input);
      long bytes = 0;
      for (int i = 0; i < batch.count(); i++) {
        assertThat(batch.datum(i).remaining()).isEqualTo(batch.sizeBytes(i));
        bytes += batch.sizeBytes(i);
      }
      assertThat(batch.sizeBytes(0, batch.count())).isEqualTo(bytes).isLessThan(input.length);
    }
  }
}

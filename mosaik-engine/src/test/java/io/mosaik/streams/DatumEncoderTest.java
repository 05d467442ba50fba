package io.mosaik.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import org.junit.jupiter.api.Test;

class DatumEncoderTest {

  private final DatumEncoder<Integer> encoder =
      new DatumEncoder<>(
          new Codec<>() {
            @Override
            public void encode(Integer length, BinaryWriter out) {
              out.raw(new byte[length]);
            }

            @Override
            public Integer decode(BinaryReader in) {
              return in.remaining();
            }
          });

  @Test
  void a_short_datum_after_a_long_one_takes_the_room_of_a_short_one() {
    for (int i = 0; i < 100; i++) {
      int length = i % 2 == 0 ? 1_000_000 : 40 + i;
      BinaryWriter encoded = encoder.encode(length);
      assertThat(encoded.size()).isEqualTo(length);
      assertThat(encoded.spareBytes()).isLessThanOrEqualTo(length + DatumEncoder.LEAST_BYTES);
    }
  }

  @Test
  void datums_of_one_size_are_written_without_growing_or_copying() {
    encoder.encode(1_000);
    assertThat(encoder.encode(1_000).spareBytes()).isZero();
  }

  @Test
  void what_is_longer_than_any_datum_may_be_is_refused() {
    assertThatThrownBy(() -> encoder.encode(DatumBatch.MAX_DATUM_BYTES + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("split it");
  }
}

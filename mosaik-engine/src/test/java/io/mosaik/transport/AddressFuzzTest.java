package io.mosaik.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.id.PeerId;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Addresses as people write them. */
@Decodes({Address.class, PeerAddress.class, PeerId.class})
final class AddressFuzzTest {

  static Stream<byte[]> addresses() {
    return Stream.of(
            "10.0.0.1:4000",
            "[::1]:0",
            "node1.example.org:65535,[fe80::1]:1",
            "ab".repeat(PeerId.LENGTH) + "@a:1,b:2")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("addresses")
  @FuzzTest
  void an_address_is_refused_or_prints_as_it_reads(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    DecoderContract.allocatesLittle(
        input.length,
        () -> {
          try {
            PeerAddress address = PeerAddress.parse(text);
            assertThat(PeerAddress.parse(address.toString())).isEqualTo(address);
          } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
          }
        });
  }
}

package io.mosaik.discovery.rtt;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.discovery.rtt.PingMessage.Ping;
import io.mosaik.discovery.rtt.PingMessage.Pong;
import io.mosaik.wire.Codec;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The one exchange of a ping. */
@Decodes(PingMessage.class)
final class PingFuzzTest {

  private static final Codec<PingMessage> CODEC = PingMessage.PROTOCOL.codec();

  static Stream<byte[]> messages() {
    return Stream.of(new Ping(1), new Pong(-1)).map(CODEC::toBytes);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(CODEC, input);
  }
}

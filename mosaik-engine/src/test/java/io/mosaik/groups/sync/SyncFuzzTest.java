package io.mosaik.groups.sync;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What members tell each other beside consensus. */
@Decodes(SyncMessage.class)
final class SyncFuzzTest {

  static Stream<byte[]> messages() {
    return SyncMessageTest.examples().stream().map(SyncMessage.CODEC::toBytes);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(SyncMessage.CODEC, input);
  }
}

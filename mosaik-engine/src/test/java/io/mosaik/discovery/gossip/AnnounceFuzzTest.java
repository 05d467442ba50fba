package io.mosaik.discovery.gossip;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.Codec;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What neighbours tell each other. */
@Decodes(AnnounceMessage.class)
final class AnnounceFuzzTest {

  private static final Codec<AnnounceMessage> CODEC = AnnounceMessage.PROTOCOL.codec();
  private static final SecretKey KEY = SecretKey.of("node 1");

  static Stream<byte[]> messages() {
    var version = new EntryVersion(1, 2);
    return Stream.of(
            new AnnounceMessage.News(Notice.departure(NetworkId.of("net"), version, KEY)),
            new AnnounceMessage.Suspect(KEY.peerId(), version),
            new AnnounceMessage.Observed("10.0.0.1"))
        .map(CODEC::toBytes);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(CODEC, input);
  }
}

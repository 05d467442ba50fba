package io.mosaik.discovery.sync;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.sync.SyncMessage.PeerVersion;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.Codec;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The one exchange in which two catalogs become the same. */
@Decodes(SyncMessage.class)
final class CatalogSyncFuzzTest {

  private static final Codec<SyncMessage> CODEC = SyncMessage.PROTOCOL.codec();
  private static final SecretKey KEY = SecretKey.of("node 1");

  static Stream<byte[]> messages() {
    var version = new EntryVersion(1, 2);
    return Stream.of(
            new SyncMessage.Fingerprints(2, List.of(1L, -1L, 0L, 3L)),
            new SyncMessage.Differing(List.of(0, 3)),
            new SyncMessage.Versions(List.of(new PeerVersion(KEY.peerId(), version)), true),
            new SyncMessage.Versions(List.of(), false),
            new SyncMessage.Wanted(List.of(KEY.peerId())),
            new SyncMessage.Notices(List.of(Notice.departure(NetworkId.of("net"), version, KEY))),
            new SyncMessage.Done())
        .map(CODEC::toBytes);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(CODEC, input);
  }
}

package io.mosaik.groups.raft;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of consensus, and the entries and manifests in them. */
@Decodes({
  MessageCodec.class,
  Entry.class,
  Committee.class,
  Member.class,
  Origin.class,
  Lineage.class,
  LogPosition.class,
  EndedLineage.class,
  Promise.class,
  SnapshotManifest.class
})
final class RaftFuzzTest {

  static Stream<byte[]> messages() {
    return MessageCodecTest.examples().stream().map(Message.CODEC::toBytes);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(Message.CODEC, input);
  }
}

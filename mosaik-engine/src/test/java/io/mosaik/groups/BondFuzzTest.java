package io.mosaik.groups;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondCodec;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.bond.BondProof;
import io.mosaik.groups.bond.Introduction;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.raft.Message;
import io.mosaik.groups.sync.SyncMessage;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.wire.Codec;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels between two members: the handshake, entries, and what the group says. */
@Decodes({BondCodec.class, GroupMessage.class})
final class BondFuzzTest {

  private static final Codec<BondMessage<GroupMessage>> CODEC =
      new BondCodec<>(GroupMessage.CODEC, SignedPeerEntry.CODEC);
  private static final SignedPeerEntry ENTRY = entry();

  static Stream<byte[]> messages() {
    var proof = new byte[BondProof.BYTES];
    var alone = new Introduction(1, 2, true, ENTRY, List.of());
    var bonded = new Introduction(1, 2, false, ENTRY, List.of(ENTRY));
    var query = new Message.LineageQuery(Lineage.NONE, 4);
    Stream<BondMessage<GroupMessage>> messages =
        Stream.of(
            new BondMessage.Start<>(new GroupId(Digest.ofName("group")), proof, bonded),
            new BondMessage.Accept<>(proof, alone),
            new BondMessage.Alive<>(),
            new BondMessage.Departure<>(),
            new BondMessage.EntryUpdate<>(ENTRY),
            new BondMessage.Formed<>(ENTRY),
            new BondMessage.Payload<>(new GroupMessage.Consensus(query)),
            new BondMessage.Payload<>(
                new GroupMessage.Sync(new SyncMessage.Gone(Digest.ofName("snapshot")))));
    return messages.map(CODEC::toBytes);
  }

  private static SignedPeerEntry entry() {
    SecretKey key = SecretKey.of("node 1");
    return SignedPeerEntry.sign(
        new PeerEntry(
            PeerEntry.PROTOCOL_VERSION,
            NetworkId.of("net"),
            key.peerId(),
            new EntryVersion(1, 2),
            List.of(new Address("10.0.0.1", 4000)),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            List.of()),
        key);
  }

  @MethodSource("messages")
  @FuzzTest
  void a_message_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(CODEC, input);
  }
}

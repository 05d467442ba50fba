package io.mosaik.groups.bond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BondCodecTest {

  /** Stands for what a group says. */
  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void encode(String value, BinaryWriter out) {
          out.string(value);
        }

        @Override
        public String decode(BinaryReader in) {
          return in.string(100);
        }
      };

  /** Stands for entries: the peer and 33 bytes more. */
  private static final Codec<SignedPeerEntry> ENTRY =
      new Codec<>() {
        @Override
        public void encode(SignedPeerEntry value, BinaryWriter out) {
          out.raw(value.entry().peerId().toBytes()).raw(new byte[33]);
        }

        @Override
        public SignedPeerEntry decode(BinaryReader in) {
          PeerId peer = PeerId.ofBytes(in.raw(32));
          in.raw(33);
          return HandshakeTest.introduction(peer).self();
        }
      };

  private final BondCodec<String> codec = new BondCodec<>(TEXT, ENTRY);
  private final Random random = new Random(11);

  private SignedPeerEntry entry() {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    return HandshakeTest.introduction(PeerId.ofBytes(bytes)).self();
  }

  private List<BondMessage<String>> oneOfEach() {
    var proof = new byte[32];
    random.nextBytes(proof);
    var introduction = new Introduction(-5, 6, true, entry(), List.of(entry(), entry()));
    List<BondMessage<String>> messages = new ArrayList<>();
    messages.add(new BondMessage.Start<>(GroupId.of("g"), proof, introduction));
    messages.add(new BondMessage.Accept<>(proof, introduction));
    messages.add(new BondMessage.Alive<>());
    messages.add(new BondMessage.Departure<>());
    messages.add(new BondMessage.EntryUpdate<>(entry()));
    messages.add(new BondMessage.Formed<>(entry()));
    messages.add(new BondMessage.Payload<>("what the group says"));
    return messages;
  }

  @Test
  void every_message_comes_back_as_it_was() {
    for (BondMessage<String> message : oneOfEach()) {
      byte[] bytes = codec.toBytes(message);
      assertThat(codec.toBytes(codec.fromBytes(bytes))).isEqualTo(bytes);
      assertThat(codec.fromBytes(bytes)).hasSameClassAs(message);
    }
  }

  @Test
  void a_message_that_is_cut_short_is_malformed() {
    for (BondMessage<String> message : oneOfEach()) {
      byte[] bytes = codec.toBytes(message);
      for (int length = 0; length < bytes.length; length++) {
        var in = new BinaryReader(bytes, 0, length);
        assertThatThrownBy(() -> codec.decode(in)).isInstanceOf(MalformedException.class);
      }
    }
  }

  @Test
  void more_bonds_than_allowed_are_malformed_before_they_are_read() {
    var introduction = new Introduction(1, 2, false, entry(), List.of());
    byte[] bytes = codec.toBytes(new BondMessage.Accept<>(new byte[32], introduction));
    bytes[bytes.length - 1] = 127;
    assertThatThrownBy(() -> codec.fromBytes(bytes)).isInstanceOf(MalformedException.class);
  }

  @Test
  void garbage_is_malformed_or_a_message_and_nothing_else() {
    for (int i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 0) {
        bytes[0] = (byte) random.nextInt(9);
      }
      try {
        codec.fromBytes(bytes);
      } catch (MalformedException expected) {
        assertThat(expected).hasMessageMatching(".+");
      }
    }
  }
}

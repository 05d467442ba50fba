package io.mosaik.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.StoreId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.id.TicketId;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.Address;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EntryCodecTest {

  static final SecretKey KEY = SecretKey.of("node 1");
  private static final SecretKey OTHER = SecretKey.of("node 2");
  private static final int TAGS_AT = 83 + 1;

  @Test
  void an_entry_comes_back_as_it_was() {
    SignedPeerEntry signed = signed(3);

    SignedPeerEntry decoded = SignedPeerEntry.CODEC.fromBytes(bytes(signed));

    assertThat(decoded.entry()).isEqualTo(signed.entry());
    assertThat(decoded.isAuthentic()).isTrue();
    assertThat(decoded.toNotice().toEntry()).isEqualTo(signed);
  }

  @Test
  void the_signed_bytes_are_frozen() {
    var small =
        new PeerEntry(
            1,
            NetworkId.of("net"),
            KEY.peerId(),
            new EntryVersion(1, 2),
            List.of(new Address("10.0.0.1", 4000)),
            tags(1),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            List.of());

    assertThat(HexFormat.of().formatHex(EntryCodec.encode(small)))
        .isEqualTo(
            "01" // an entry
                + "0001" // its form
                + NetworkId.of("net")
                + KEY.peerId()
                + "0000000000000001" // start
                + "0000000000000002" // update
                + "01" // one address
                + "08"
                + "31302e302e302e31" // 10.0.0.1
                + "0fa0" // 4000
                + "01" // one tag
                + Tag.of("tag 0")
                + "00000000"); // no streams, groups, stores, tickets
  }

  @Test
  void every_change_of_a_byte_is_noticed() {
    SignedPeerEntry signed = signed(1);
    byte[] right = bytes(signed);

    for (int at = 0; at < right.length; at += 7) {
      byte[] wrong = right.clone();
      wrong[at] ^= 1;
      boolean accepted;
      try {
        accepted = SignedPeerEntry.CODEC.fromBytes(wrong).isAuthentic();
      } catch (MalformedException e) {
        accepted = false;
      }
      assertThat(accepted).as("byte %d", at).isFalse();
    }
  }

  @Test
  void every_cut_is_malformed() {
    byte[] right = bytes(signed(2));

    for (int length = 0; length < right.length; length++) {
      byte[] cut = Arrays.copyOf(right, length);
      assertThatThrownBy(() -> SignedPeerEntry.CODEC.fromBytes(cut))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void garbage_is_malformed_and_nothing_else() {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      var garbage = new byte[random.nextInt(300)];
      random.nextBytes(garbage);
      if (garbage.length > 68 && i % 2 == 0) { // a right length and a right beginning
        byte length = (byte) Math.min(127, garbage.length - 65);
        System.arraycopy(new byte[] {length, 1, 0, 1}, 0, garbage, 0, 4);
      }
      try {
        var unused = SignedPeerEntry.CODEC.fromBytes(garbage);
      } catch (MalformedException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void ids_out_of_order_or_twice_are_malformed() {
    byte[] right = EntryCodec.encode(bare(tags(2)));
    byte[] swapped = right.clone();
    System.arraycopy(right, TAGS_AT + 1, swapped, TAGS_AT + 33, 32);
    System.arraycopy(right, TAGS_AT + 33, swapped, TAGS_AT + 1, 32);
    byte[] twice = right.clone();
    System.arraycopy(right, TAGS_AT + 1, twice, TAGS_AT + 33, 32);

    assertThat(EntryCodec.decode(right).tags()).hasSize(2);
    assertThatThrownBy(() -> EntryCodec.decode(swapped)).hasMessageContaining("ascending");
    assertThatThrownBy(() -> EntryCodec.decode(twice)).hasMessageContaining("ascending");
  }

  @Test
  void a_count_beyond_the_bytes_allocates_nothing() {
    byte[] right = EntryCodec.encode(bare(tags(0)));
    byte[] many = new BinaryWriter().raw(right, 0, TAGS_AT).varint(1024).toByteArray();
    byte[] tooMany = new BinaryWriter().raw(right, 0, TAGS_AT).varint(1L << 40).toByteArray();

    assertThatThrownBy(() -> EntryCodec.decode(many)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> EntryCodec.decode(tooMany)).hasMessageContaining("at most 1024");
  }

  @Test
  void more_than_the_limit_is_not_signed() {
    assertThatThrownBy(() -> SignedPeerEntry.sign(entry(tags(1025)), KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 1024 tags");
    assertThatThrownBy(() -> SignedPeerEntry.sign(entry(tags(1)), OTHER))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_departure_is_signed_and_is_no_entry() {
    Notice departure = Notice.departure(NetworkId.of("net"), new EntryVersion(1, 3), KEY);

    Notice decoded = Notice.CODEC.fromBytes(Notice.CODEC.toBytes(departure));

    assertThat(decoded).isEqualTo(departure);
    assertThat(decoded.kind()).isEqualTo(Notice.Kind.DEPARTURE);
    assertThat(decoded.isAuthentic()).isTrue();
    assertThatThrownBy(decoded::toEntry).isInstanceOf(MalformedException.class);
  }

  private static byte[] bytes(SignedPeerEntry signed) {
    return SignedPeerEntry.CODEC.toBytes(signed);
  }

  private static SortedSet<Tag> tags(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Tag.of("tag " + i))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static PeerEntry bare(SortedSet<Tag> tags) {
    return new PeerEntry(
        1,
        NetworkId.of("net"),
        KEY.peerId(),
        new EntryVersion(1, 2),
        List.of(),
        tags,
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        List.of());
  }

  static SignedPeerEntry signed(int tags) {
    return SignedPeerEntry.sign(entry(tags(tags)), KEY);
  }

  private static PeerEntry entry(SortedSet<Tag> tags) {
    return new PeerEntry(
        1,
        NetworkId.of("net"),
        KEY.peerId(),
        new EntryVersion(1, 2),
        List.of(new Address("10.0.0.1", 4000), new Address("::1", 1)),
        tags,
        new TreeSet<>(List.of(StreamId.of("orders"), StreamId.of("fills"))),
        new TreeSet<>(List.of(new GroupId(Digest.ofName("group")))),
        new TreeSet<>(List.of(new StoreId(Digest.ofName("store")))),
        List.of(new Ticket(new TicketId(Digest.ofName("jwt")), new byte[] {1, 2, 3})));
  }
}

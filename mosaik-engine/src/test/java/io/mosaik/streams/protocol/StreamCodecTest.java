package io.mosaik.streams.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.Digest;
import io.mosaik.id.StoreId;
import io.mosaik.id.StreamId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.StreamMessage.Accepted;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.From;
import io.mosaik.streams.protocol.StreamMessage.State;
import io.mosaik.streams.protocol.StreamMessage.StatePart;
import io.mosaik.streams.protocol.StreamMessage.Subscribe;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamCodecTest {

  private static final StreamCodec CODEC = new StreamCodec();
  private static final HexFormat HEX = HexFormat.of();

  private static DatumBatch.Outgoing batch(long first, String... datums) {
    var writers = new ArrayList<BinaryWriter>();
    for (String datum : datums) {
      writers.add(new BinaryWriter().raw(HEX.parseHex(datum)));
    }
    return DatumBatch.encode(first, writers);
  }

  static List<StreamMessage> examples() {
    var stream = StreamId.of("42".repeat(32));
    var version = new EntryVersion(1, 2);
    return List.of(
        new Subscribe(stream, 7, version, new Credit(1024, 300)),
        new Subscribe(
            stream,
            7,
            version,
            new Credit(1, 2),
            Criteria.where("a").is("x"),
            From.NOW,
            null,
            null),
        new Subscribe(stream, 7, version, new Credit(1, 2), null, From.NOW, "work", null),
        new Subscribe(
            stream,
            7,
            version,
            new Credit(1, 2),
            Criteria.where("a").is("x"),
            From.NOW,
            "work",
            null),
        new Subscribe(stream, 7, version, new Credit(1, 2), null, From.EARLIEST, null, null),
        new Subscribe(
            stream, 7, version, new Credit(1, 2), null, new From.Position(-2, 300), null, null),
        new Subscribe(
            stream,
            7,
            version,
            new Credit(1, 2),
            null,
            From.NOW,
            null,
            StoreId.of("43".repeat(32))),
        new State(300, Digest.ofName("44".repeat(32))),
        new StatePart(new byte[] {1, 2}),
        new StreamMessage.Taken(300),
        new Credit(127, 128),
        new Accepted(-1, 5),
        batch(7, "aabb", "", "cc").batch());
  }

  /** The bytes of revision 1, frozen: what changes here can't talk to nodes that run today. */
  @Test
  void messages_have_the_documented_bytes() {
    var stream = StreamId.of("42".repeat(32));
    assertBytes(
        new Subscribe(stream, 0x0102030405060708L, new EntryVersion(1, 2), new Credit(1024, 300)),
        "01"
            + "42".repeat(32)
            + "0102030405060708"
            + "0000000000000001"
            + "0000000000000002"
            + "8008"
            + "ac02");
    assertBytes(
        new Subscribe(
            stream,
            7,
            new EntryVersion(1, 2),
            new Credit(1, 2),
            Criteria.where("a").is("x"),
            From.NOW,
            null,
            null),
        "05"
            + "42".repeat(32)
            + "0000000000000007"
            + "0000000000000001"
            + "0000000000000002"
            + "0102"
            + "07"
            + "04016101010178");
    assertBytes(
        new Subscribe(
            stream, 7, new EntryVersion(1, 2), new Credit(1, 2), null, From.NOW, "work", null),
        "06"
            + "42".repeat(32)
            + "0000000000000007"
            + "0000000000000001"
            + "0000000000000002"
            + "0102"
            + "08"
            + "04776f726b");
    assertBytes(
        new Subscribe(
            stream, 7, new EntryVersion(1, 2), new Credit(1, 2), null, From.EARLIEST, null, null),
        "06"
            + "42".repeat(32)
            + "0000000000000007"
            + "0000000000000001"
            + "0000000000000002"
            + "0102"
            + "02");
    assertBytes(
        new Subscribe(
            stream,
            7,
            new EntryVersion(1, 2),
            new Credit(1, 2),
            Criteria.where("a").is("x"),
            new From.Position(-2, 300),
            null,
            null),
        "06"
            + "42".repeat(32)
            + "0000000000000007"
            + "0000000000000001"
            + "0000000000000002"
            + "0102"
            + "05"
            + "07"
            + "04016101010178"
            + "fffffffffffffffe"
            + "ac02");
    assertBytes(
        new Subscribe(
            stream,
            7,
            new EntryVersion(1, 2),
            new Credit(1, 2),
            Criteria.where("a").is("x"),
            From.NOW,
            "work",
            null),
        "06"
            + "42".repeat(32)
            + "0000000000000007"
            + "0000000000000001"
            + "0000000000000002"
            + "0102"
            + "09"
            + "07"
            + "04016101010178"
            + "04776f726b");
    assertBytes(new StreamMessage.Taken(300), "07" + "ac02");
    assertBytes(
        new Subscribe(
            stream,
            7,
            new EntryVersion(1, 2),
            new Credit(1, 2),
            null,
            new From.Position(-2, 300),
            null,
            StoreId.of("43".repeat(32))),
        "06"
            + "42".repeat(32)
            + "0000000000000007"
            + "0000000000000001"
            + "0000000000000002"
            + "0102"
            + "14"
            + "fffffffffffffffe"
            + "ac02"
            + "43".repeat(32));
    assertBytes(new State(300, Digest.ofName("44".repeat(32))), "08" + "ac02" + "44".repeat(32));
    assertBytes(new StatePart(new byte[] {1, 2}), "09" + "0102");
    assertBytes(new Credit(127, 128), "02" + "7f" + "8001");
    assertBytes(new Accepted(-1, 5), "03" + "ffffffffffffffff" + "05");
    assertBytes(batch(7, "aabb", "", "cc").batch(), "04" + "07" + "03" + "02aabb" + "00" + "01cc");
  }

  private static void assertBytes(StreamMessage message, String hex) {
    assertThat(HEX.formatHex(CODEC.toBytes(message))).isEqualTo(hex);
    assertThat(CODEC.fromBytes(HEX.parseHex(hex))).isEqualTo(message);
  }

  @Test
  void the_frame_of_a_batch_and_of_a_part_of_it_are_messages() {
    DatumBatch.Outgoing whole = batch(10, "aa", "bbbb", "cc", "dddddd");
    assertThat(whole.frame(0, 4)).isSameAs(whole.frame());
    assertThat(CODEC.decode(whole.frame().payload())).isEqualTo(whole.batch());
    assertThat(CODEC.decode(whole.frame(1, 3).payload()))
        .isEqualTo(batch(11, "bbbb", "cc").batch());
    assertThat(CODEC.decode(whole.frame(0, 1).payload())).isEqualTo(batch(10, "aa").batch());
    assertThat(CODEC.decode(whole.frame(3, 4).payload())).isEqualTo(batch(13, "dddddd").batch());
    assertThat(whole.batch().sizeBytes(0, 4)).isEqualTo(7);
  }

  @Test
  void long_datums_are_not_copied_and_still_the_same_message() {
    var random = new SplittableRandom(4711);
    for (int round = 0; round < 100; round++) {
      int count = 1 + random.nextInt(5);
      var datums = new ArrayList<BinaryWriter>();
      int bytes = 0;
      for (int i = 0; i < count; i++) {
        var datum = new byte[random.nextInt(1_200)];
        random.nextBytes(datum);
        bytes += datum.length;
        datums.add(new BinaryWriter(datum.length).raw(datum));
      }
      DatumBatch.Outgoing sent = DatumBatch.encode(7, datums);
      assertThat(sent.frame().pieces()).isEqualTo(bytes >= 512 * count ? count : 0);
      assertThat(CODEC.decode(sent.frame().payload())).isEqualTo(sent.batch());
      assertThat(CODEC.fromBytes(CODEC.toBytes(sent.batch()))).isEqualTo(sent.batch());
      int from = random.nextInt(count);
      int to = from + 1 + random.nextInt(count - from);
      assertThat(CODEC.decode(sent.frame(from, to).payload()))
          .isEqualTo(DatumBatch.encode(7 + from, datums.subList(from, to)).batch());
      assertThat(sent.frame(0, count)).isSameAs(sent.frame());
    }
  }

  @Test
  void a_long_datum_is_copied_where_much_of_its_array_is_unused() {
    for (int slack : new int[] {0, 100, 4_000}) {
      var datum = new BinaryWriter(5_000 + slack).raw(new byte[5_000]);
      DatumBatch.Outgoing sent = DatumBatch.encode(7, List.of(datum));
      assertThat(sent.batch().datum(0).rest()).hasSize(5_000);
      assertThat(sent.batch().datum(0).heldBytes())
          .isEqualTo(slack < 1_000 ? 5_000 + slack : 5_000);
      assertThat(sent.frame().heldBytes())
          .isBetween(sent.frame().wireBytes() + 64L, sent.frame().wireBytes() + 164L);
    }
  }

  @Test
  void what_is_no_message_is_malformed() {
    for (String hex :
        List.of(
            "",
            "00",
            "06",
            "05",
            "01" + "42".repeat(32),
            "06" + "42".repeat(32) + "00".repeat(24) + "0102" + "06" + "00".repeat(8) + "01",
            "06" + "42".repeat(32) + "00".repeat(24) + "0102" + "04" + "00".repeat(8),
            "06" + "42".repeat(32) + "00".repeat(24) + "0102" + "80",
            "06"
                + "42".repeat(32)
                + "00".repeat(24)
                + "0102"
                + "11"
                + "0704016101010178"
                + "43".repeat(32),
            "06" + "42".repeat(32) + "00".repeat(24) + "0102" + "10" + "43".repeat(31),
            "08" + "01" + "44".repeat(31),
            "09",
            "09" + "00".repeat(StatePart.MAX_BYTES + 1),
            "0201",
            "07",
            "06" + "42".repeat(32) + "00".repeat(24) + "0102" + "20",
            "03ffffffffffffffff",
            "040000",
            "0400",
            "04000105aa",
            "040002" + "01aa",
            "040001" + "01aa" + "bb",
            "0400" + "ffffffffffffffff7f",
            "0400" + "8180808080808080",
            "040001" + "ffffffffffffffff7f")) {
      assertThatThrownBy(() -> CODEC.fromBytes(HEX.parseHex(hex)))
          .as(hex)
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void a_count_beyond_the_limit_is_refused_before_anything_is_allocated() {
    var out = new BinaryWriter().u8(4).varint(0).varint(DatumBatch.MAX_DATUMS + 1L);
    out.raw(new byte[DatumBatch.MAX_DATUMS + 1]);
    assertThatThrownBy(() -> CODEC.fromBytes(out.toByteArray()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most");
  }

  @Test
  void random_bytes_never_do_more_than_to_be_malformed() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      if (bytes.length > 0) {
        bytes[0] = (byte) random.nextInt(10);
      }
      try {
        assertThat(CODEC.fromBytes(bytes)).isNotNull();
      } catch (MalformedException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }
}

package io.mosaik.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinaryTest {

  private static BinaryReader reader(String hex) {
    return new BinaryReader(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static void assertMalformed(Runnable read, String says) {
    assertThatThrownBy(read::run).isInstanceOf(MalformedException.class).hasMessageContaining(says);
  }

  @Test
  void everything_has_its_frozen_bytes() {
    byte[] bytes =
        new BinaryWriter()
            .u8(0x1ff)
            .bool(true)
            .bool(false)
            .u16(0x12345)
            .i32(-2)
            .i64(0x0102030405060708L)
            .f64(1.5)
            .varint(300)
            .bytes(new byte[] {7, 8})
            .string("ä")
            .raw(new byte[] {9})
            .raw(new byte[] {1, 2, 3, 4}, 1, 2)
            .toByteArray();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "ff"
                + "01"
                + "00"
                + "2345"
                + "fffffffe"
                + "0102030405060708"
                + "3ff8000000000000"
                + "ac02"
                + "020708"
                + "02c3a4"
                + "09"
                + "0203");
    var in = new BinaryReader(bytes);
    assertThat(in.u8()).isEqualTo(255);
    assertThat(in.bool()).isTrue();
    assertThat(in.bool()).isFalse();
    assertThat(in.u16()).isEqualTo(0x2345);
    assertThat(in.i32()).isEqualTo(-2);
    assertThat(in.i64()).isEqualTo(0x0102030405060708L);
    assertThat(in.f64()).isEqualTo(1.5);
    assertThat(in.varint()).isEqualTo(300);
    assertThat(in.bytes(2)).containsExactly(7, 8);
    assertThat(in.string(2)).isEqualTo("ä");
    assertThat(in.remaining()).isEqualTo(3);
    assertThat(in.rest()).containsExactly(9, 2, 3);
    in.expectEnd();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "16383, ff7f",
    "16384, 808001",
    "4294967295, ffffffff0f",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void a_count_is_leb128(long value, String hex) {
    assertThat(HexFormat.of().formatHex(new BinaryWriter().varint(value).toByteArray()))
        .isEqualTo(hex);
    assertThat(reader(hex).varint()).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "8000, shortest",
    "ff00, shortest",
    "ffffffffffffffffff01, 63 bits",
    "ffffffffffffffff80, 63 bits",
    "80, wanted",
    "'', wanted"
  })
  void a_count_in_any_other_form_is_malformed(String hex, String says) {
    assertMalformed(() -> reader(hex).varint(), says);
  }

  @Test
  void a_negative_count_can_not_be_written() {
    assertThatThrownBy(() -> new BinaryWriter().varint(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_count_that_the_bytes_can_not_hold_is_refused_before_anything_is_allocated() {
    assertThat(reader("03 000000").count(10, 1)).isEqualTo(3);
    assertMalformed(() -> reader("04 000000").count(10, 1), "4 in 3 bytes");
    assertMalformed(() -> reader("0b" + "00".repeat(20)).count(10, 1), "at most 10");
    assertMalformed(() -> reader("02" + "00".repeat(63)).count(10, 32), "2 in 63 bytes");
    assertThat(reader("0a").count(10, 0)).isEqualTo(10);
    String max = "ffffffffffffffff7f";
    assertMalformed(() -> reader(max).count(Integer.MAX_VALUE, Integer.MAX_VALUE), "at most");
    assertMalformed(
        () -> reader("ffffffff07").count(Integer.MAX_VALUE, Integer.MAX_VALUE), "in 0 bytes");
    assertMalformed(() -> reader(max).bytes(Integer.MAX_VALUE), "at most");
    assertMalformed(() -> reader("ffffffff07 00").bytes(Integer.MAX_VALUE), "left");
    assertMalformed(() -> reader("05 00000000").bytes(4), "at most 4");
    assertMalformed(() -> reader("03 61").string(10), "left");
  }

  @Test
  void what_is_not_a_boolean_or_not_utf8_is_malformed() {
    assertMalformed(() -> reader("02").bool(), "boolean");
    assertMalformed(() -> reader("02 c328").string(10), "UTF-8");
    assertMalformed(() -> reader("03 eda080").string(10), "UTF-8");
  }

  @Test
  void bytes_left_over_are_malformed() {
    assertMalformed(() -> reader("00 00").expectEnd(), "2 bytes too many");
    Codec<Integer> codec =
        new Codec<>() {
          @Override
          public void encode(Integer value, BinaryWriter out) {
            out.i32(value);
          }

          @Override
          public Integer decode(BinaryReader in) {
            return in.i32();
          }
        };
    assertThat(codec.fromBytes(codec.toBytes(-7))).isEqualTo(-7);
    assertMalformed(() -> codec.fromBytes(new byte[5]), "too many");
    assertMalformed(() -> codec.fromBytes(new byte[3]), "left");
    assertThat(new BinaryWriter().value(5, codec).size()).isEqualTo(4);
    assertThat(reader("00000005").value(codec)).isEqualTo(5);
  }

  @Test
  void a_part_is_read_within_its_borders() {
    var in = new BinaryReader(new byte[] {0, 1, 2, 3, 4, 5}, 1, 4);
    BinaryReader slice = in.slice(2);
    assertThat(slice.rest()).containsExactly(1, 2);
    assertMalformed(slice::u8, "left");
    assertThat(in.remainingView().remaining()).isEqualTo(2);
    assertThat(in.remainingView().isReadOnly()).isTrue();
    assertThat(in.raw(2)).containsExactly(3, 4);
    assertMalformed(in::u8, "left");
    assertMalformed(() -> in.slice(1), "left");
    assertThatThrownBy(() -> new BinaryReader(new byte[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new BinaryReader(new byte[3], -1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void a_frame_is_its_length_and_its_payload() {
    Frame frame = new BinaryWriter().u8(1).u8(2).u8(3).toFrame();
    var wire = new byte[7];
    frame.toWire().get(wire);
    assertThat(wire).containsExactly(0, 0, 0, 3, 1, 2, 3);
    assertThat(frame.payloadBytes()).isEqualTo(3);
    assertThat(frame.wireBytes()).isEqualTo(7);
    assertThat(frame.payload().rest()).containsExactly(1, 2, 3);
    assertThat(frame.toWire().isReadOnly()).isTrue();
    var source = new byte[] {1};
    Frame copied = Frame.of(source);
    source[0] = 2;
    assertThat(copied.payload().u8()).isEqualTo(1);
    assertThat(Frame.of(new byte[0]).wireBytes()).isEqualTo(Frame.HEADER_BYTES);
  }

  @Test
  void a_frame_with_pieces_is_the_same_message_however_it_is_handed_out() {
    for (long seed = 1; seed <= 200; seed++) {
      var random = new SplittableRandom(seed);
      var expected = new BinaryWriter();
      var pieces = new ArrayList<byte[]>();
      int count = random.nextInt(6);
      Frame frame =
          Frame.gather(
              random.nextInt(20),
              count,
              gathering -> {
                for (int i = 0; i < count; i++) {
                  byte[] own = bytes(random, 5);
                  byte[] piece = bytes(random, 30);
                  gathering.out().raw(own);
                  gathering.refer(new BinaryReader(piece, piece.length / 3, piece.length / 2));
                  expected.raw(own).raw(piece, piece.length / 3, piece.length / 2);
                  pieces.add(piece);
                }
                gathering.out().u8(7);
              });
      expected.u8(7);
      byte[] payload = expected.toByteArray();
      assertThat(frame.payloadBytes()).as("seed %d", seed).isEqualTo(payload.length);
      assertThat(frame.pieces()).as("seed %d", seed).isEqualTo(count);
      assertThat(frame.payload().rest()).as("seed %d", seed).isEqualTo(payload);
      assertThat(handedOut(frame, random)).as("seed %d", seed).isEqualTo(bytes(frame.toWire()));
      pieces.forEach(piece -> Arrays.fill(piece, (byte) 42)); // it has no copy of them
      byte[] changed = bytes(frame.toWire());
      assertThat(changed.length).isEqualTo(frame.wireBytes());
      int pieceBytes = pieces.stream().mapToInt(piece -> piece.length / 2).sum();
      assertThat(IntStream.range(0, changed.length).filter(i -> changed[i] == 42).count())
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(pieceBytes);
    }
  }

  @Test
  void a_frame_takes_no_more_pieces_than_were_announced() {
    assertThatThrownBy(() ->
            Frame.gather(
                0,
                1,
                gathering -> {
                  gathering.refer(new BinaryReader(new byte[1]));
                  gathering.refer(new BinaryReader(new byte[1]));
                }))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static byte[] bytes(SplittableRandom random, int most) {
    var bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** In bits of random length, as there is room for them. */
  private static byte[] handedOut(Frame frame, SplittableRandom random) {
    var out = new BinaryWriter();
    Frame.Source source = frame.source();
    while (!source.isDone()) {
      var room = ByteBuffer.allocate(1 + random.nextInt(9));
      source.copyTo(room);
      out.raw(room.array(), 0, room.position());
    }
    return out.toByteArray();
  }

  @Test
  void what_was_written_is_read_back_whatever_it_is() {
    var random = new SplittableRandom(815);
    for (int round = 0; round < 500; round++) {
      var out = new BinaryWriter(random.nextInt(64));
      var checks = new ArrayList<Consumer<BinaryReader>>();
      for (int i = random.nextInt(40); i > 0; i--) {
        writeSomething(random, out, checks);
      }
      assertThat(out.size()).isEqualTo(out.toByteArray().length);
      var in = new BinaryReader(out.toByteArray());
      checks.forEach(check -> check.accept(in));
      in.expectEnd();
    }
  }

  private static void writeSomething(
      SplittableRandom random, BinaryWriter out, List<Consumer<BinaryReader>> checks) {
    long number = random.nextLong() >> random.nextInt(64);
    var bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    switch (random.nextInt(8)) {
      case 0 -> {
        out.u8((int) number);
        checks.add(in -> assertThat(in.u8()).isEqualTo((int) number & 0xff));
      }
      case 1 -> {
        out.u16((int) number);
        checks.add(in -> assertThat(in.u16()).isEqualTo((int) number & 0xffff));
      }
      case 2 -> {
        out.i32((int) number);
        checks.add(in -> assertThat(in.i32()).isEqualTo((int) number));
      }
      case 3 -> {
        out.i64(number);
        checks.add(in -> assertThat(in.i64()).isEqualTo(number));
      }
      case 4 -> {
        out.varint(number & Long.MAX_VALUE);
        checks.add(in -> assertThat(in.varint()).isEqualTo(number & Long.MAX_VALUE));
      }
      case 5 -> {
        out.bytes(bytes);
        checks.add(in -> assertThat(in.bytes(200)).isEqualTo(bytes));
      }
      case 6 -> {
        String text = Long.toString(number, 36) + "\u00e9\u20ac\ud83d\ude00";
        out.string(text);
        checks.add(in -> assertThat(in.string(100)).isEqualTo(text));
      }
      default -> {
        out.f64((double) number);
        checks.add(in -> assertThat(in.f64()).isEqualTo((double) number));
      }
    }
  }

  @Test
  void hostile_bytes_are_malformed_and_nothing_else() {
    var random = new SplittableRandom(4711);
    int malformed = 0;
    for (int round = 0; round < 20_000; round++) {
      var bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      var in = new BinaryReader(bytes);
      try {
        while (in.remaining() > 0) {
          readSomething(random, in);
        }
      } catch (MalformedException e) {
        malformed++;
      }
    }
    assertThat(malformed).isGreaterThan(1_000);
  }

  private static void readSomething(SplittableRandom random, BinaryReader in) {
    switch (random.nextInt(10)) {
      case 0 -> in.u8();
      case 1 -> in.bool();
      case 2 -> in.u16();
      case 3 -> in.i32();
      case 4 -> in.i64();
      case 5 -> in.varint();
      case 6 -> {
        int count = in.count(1_000, 4);
        assertThat(count * 4).isLessThanOrEqualTo(in.remaining());
      }
      case 7 -> assertThat(in.bytes(Integer.MAX_VALUE)).hasSizeLessThanOrEqualTo(40);
      case 8 -> assertThat(in.string(Integer.MAX_VALUE)).hasSizeLessThanOrEqualTo(40);
      default -> assertThat(in.raw(random.nextInt(8))).hasSizeLessThan(8);
    }
  }
}

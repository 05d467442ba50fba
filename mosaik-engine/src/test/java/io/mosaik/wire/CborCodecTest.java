package io.mosaik.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CborCodecTest {

  enum Side {
    BUY,
    SELL
  }

  /** As it was at first. */
  record OrderV1(String id, Side side, long price) {}

  /** As it is now: a field more, one less. */
  record OrderV2(String id, long price, int lots, @Nullable String note, List<String> flags) {}

  record Rich(Instant at, BigDecimal amount, List<OrderV1> orders) {}

  /** A bean with a default. */
  public static class Account {

    private String name = "nobody";
    private int level = 7;

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    public int getLevel() {
      return level;
    }

    public void setLevel(int level) {
      this.level = level;
    }
  }

  record Renamed(String title) {}

  /** As an older version of the application knows it. */
  enum OldSide {
    BUY
  }

  record OldOrder(String id, OldSide side, long price) {}

  @Test
  void a_constant_that_an_enum_does_not_have_is_an_error_and_no_other_value() {
    var codec = Codecs.cbor(OldOrder.class);
    byte[] known = Codecs.cbor(OrderV1.class).toBytes(new OrderV1("a", Side.BUY, 1));
    byte[] unknown = Codecs.cbor(OrderV1.class).toBytes(new OrderV1("a", Side.SELL, 1));
    assertThat(codec.fromBytes(known)).isEqualTo(new OldOrder("a", OldSide.BUY, 1));
    assertThatThrownBy(() -> codec.fromBytes(unknown))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("SELL");
  }

  @Test
  void records_enums_times_and_nested_values_come_back_equal() {
    var value =
        new Rich(
            Instant.parse("2026-11-21T00:00:00.123456789Z"),
            new BigDecimal("12345678901234567890.0001"),
            List.of(new OrderV1("a", Side.BUY, Long.MIN_VALUE), new OrderV1("", Side.SELL, 0)));
    assertThat(Codecs.cbor(Rich.class).fromBytes(Codecs.cbor(Rich.class).toBytes(value)))
        .isEqualTo(value);
    assertThat(Codecs.cbor(Long.class).fromBytes(Codecs.cbor(Long.class).toBytes(5L)))
        .isEqualTo(5L);
  }

  @Test
  void a_new_reader_gives_missing_fields_their_default() {
    byte[] old = Codecs.cbor(OrderV1.class).toBytes(new OrderV1("o1", Side.SELL, 99));
    assertThat(Codecs.cbor(OrderV2.class).fromBytes(old))
        .usingRecursiveComparison()
        .isEqualTo(new OrderV2("o1", 99, 0, null, nothing()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a missing list is
  private static <T> T nothing() {
    return null;
  }

  @Test
  void an_old_reader_ignores_fields_that_it_does_not_know() {
    byte[] recent =
        Codecs.cbor(OrderV2.class).toBytes(new OrderV2("o1", 99, 3, "n", List.of("x", "y")));
    OrderV1 read = Codecs.cbor(OrderV1.class).fromBytes(recent);
    assertThat(read.id()).isEqualTo("o1");
    assertThat(read.price()).isEqualTo(99);
    assertThat(read.side()).isNull();
  }

  @Test
  void beans_keep_the_default_of_what_is_missing() {
    byte[] other = Codecs.cbor(Renamed.class).toBytes(new Renamed("t"));
    Account account = Codecs.cbor(Account.class).fromBytes(other);
    assertThat(account.getName()).isEqualTo("nobody");
    assertThat(account.getLevel()).isEqualTo(7);
    account.setName("me");
    Account again =
        Codecs.cbor(Account.class).fromBytes(Codecs.cbor(Account.class).toBytes(account));
    assertThat(again.getName()).isEqualTo("me");
  }

  @Test
  void other_kinds_rests_and_garbage_are_malformed() {
    Codec<OrderV1> codec = Codecs.cbor(OrderV1.class);
    byte[] right = codec.toBytes(new OrderV1("o", Side.BUY, 1));
    byte[] longer = new BinaryWriter().raw(right).u8(1).toByteArray();
    assertThatThrownBy(() -> codec.fromBytes(longer)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> codec.fromBytes(new byte[0])).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> codec.fromBytes(new byte[] {(byte) 0xf6}))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> codec.fromBytes(Codecs.cbor(String.class).toBytes("text")))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("OrderV1");
  }

  @Test
  void random_bytes_are_malformed_or_a_value_and_nothing_else() {
    Codec<Rich> codec = Codecs.cbor(Rich.class);
    byte[] seed =
        codec.toBytes(
            new Rich(Instant.EPOCH, BigDecimal.ONE, List.of(new OrderV1("a", Side.BUY, 1))));
    var random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = seed.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(codec.fromBytes(bytes)).isNotNull();
      } catch (MalformedException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void null_can_not_be_sent() {
    assertThatThrownBy(() -> Codecs.cbor(String.class).toBytes(CborCodecTest.<String>nothing()))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("null");
  }
}

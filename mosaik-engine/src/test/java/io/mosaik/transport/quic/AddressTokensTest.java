package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("AddressSelection") // a literal address is one address
class AddressTokensTest {

  private static final InetSocketAddress DIALLER = new InetSocketAddress("127.0.0.1", 4000);
  private static final byte[] CONNECTION_ID = {1, 2, 3, 4, 5, 6, 7, 8};

  private final AtomicLong nowMs = new AtomicLong(1_000);
  private final AddressTokens tokens = new AddressTokens(new byte[32], nowMs::get, () -> true);

  private ByteBuf token() {
    ByteBuf token = Unpooled.buffer();
    assertThat(tokens.writeToken(token, Unpooled.wrappedBuffer(CONNECTION_ID), DIALLER)).isTrue();
    assertThat(token.readableBytes()).isLessThanOrEqualTo(tokens.maxTokenLength());
    return token;
  }

  @Test
  void a_token_is_good_for_its_address_and_names_the_connection_id() {
    ByteBuf token = token();
    int at = tokens.validateToken(token, DIALLER);
    var id = new byte[token.readableBytes() - at];
    token.getBytes(at, id);
    assertThat(id).isEqualTo(CONNECTION_ID);
    assertThat(tokens.validateToken(token, new InetSocketAddress("127.0.0.2", 4000))).isNegative();
    assertThat(tokens.validateToken(token, new InetSocketAddress("127.0.0.1", 4001))).isNegative();
  }

  @Test
  void a_token_expires() {
    ByteBuf token = token();
    nowMs.addAndGet(10_000);
    assertThat(tokens.validateToken(token, DIALLER)).isPositive();
    nowMs.addAndGet(1);
    assertThat(tokens.validateToken(token, DIALLER)).isNegative();
  }

  @Test
  void a_token_with_any_byte_changed_is_refused() {
    int length = token().readableBytes();
    for (int i = 0; i < length; i++) {
      ByteBuf forged = token();
      forged.setByte(i, forged.getByte(i) ^ 1);
      assertThat(tokens.validateToken(forged, DIALLER)).as("byte %d", i).isNegative();
    }
  }

  @Test
  void tokens_of_odd_lengths_and_of_other_keys_are_refused() {
    for (int length = 0; length < 80; length++) {
      assertThat(tokens.validateToken(Unpooled.wrappedBuffer(new byte[length]), DIALLER))
          .isNegative();
    }
    var otherKey = new byte[32];
    otherKey[0] = 1;
    var others = new AddressTokens(otherKey, nowMs::get, () -> true);
    assertThat(others.validateToken(token(), DIALLER)).isNegative();
  }

  @Test
  void none_is_asked_for_while_there_is_room() {
    var relaxed = new AddressTokens(new byte[32], nowMs::get, () -> false);
    ByteBuf out = Unpooled.buffer();
    assertThat(relaxed.writeToken(out, Unpooled.wrappedBuffer(CONNECTION_ID), DIALLER)).isFalse();
    assertThat(out.isReadable()).isFalse();
  }
}

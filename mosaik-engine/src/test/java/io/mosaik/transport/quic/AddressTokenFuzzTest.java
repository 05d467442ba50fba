package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens that come with the first datagram of a connection. */
@SuppressWarnings("AddressSelection") // a literal address is one address
@Decodes(AddressTokens.class)
final class AddressTokenFuzzTest {

  private static final InetSocketAddress DIALLER = new InetSocketAddress("127.0.0.1", 4000);
  private static final byte[] CONNECTION_ID = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final AddressTokens TOKENS =
      new AddressTokens(new byte[32], () -> 1_000, () -> true);

  static Stream<byte[]> tokens() {
    return Stream.of(genuine(CONNECTION_ID), genuine(new byte[0]));
  }

  private static byte[] genuine(byte[] connectionId) {
    ByteBuf token = Unpooled.buffer();
    assertThat(TOKENS.writeToken(token, Unpooled.wrappedBuffer(connectionId), DIALLER)).isTrue();
    return ByteBufUtil.getBytes(token);
  }

  @MethodSource("tokens")
  @FuzzTest
  void only_a_genuine_token_is_taken(byte[] input) {
    DecoderContract.allocatesLittle(
        input.length,
        () -> {
          int at = TOKENS.validateToken(Unpooled.wrappedBuffer(input), DIALLER);
          if (at >= 0) {
            var connectionId = new byte[input.length - at];
            System.arraycopy(input, at, connectionId, 0, connectionId.length);
            assertThat(input).isEqualTo(genuine(connectionId));
          }
        });
  }
}

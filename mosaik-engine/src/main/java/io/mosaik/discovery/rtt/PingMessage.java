package io.mosaik.discovery.rtt;

import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/** The one exchange of {@code /mosaik/ping}: the dialler asks, the other side answers at once. */
public sealed interface PingMessage {

  /** The protocol of pings. */
  Protocol<PingMessage> PROTOCOL =
      new Protocol<>(
          "/mosaik/ping",
          1,
          new Codec<>() {
            @Override
            public void encode(PingMessage value, BinaryWriter out) {
              switch (value) {
                case Ping(long nonce) -> out.u8(1).i64(nonce);
                case Pong(long nonce) -> out.u8(2).i64(nonce);
              }
            }

            @Override
            public PingMessage decode(BinaryReader in) {
              int tag = in.u8();
              return switch (tag) {
                case 1 -> new Ping(in.i64());
                case 2 -> new Pong(in.i64());
                default -> throw new MalformedException("a ping message of the kind " + tag);
              };
            }
          },
          64);

  /**
   * Asks.
   *
   * @param nonce comes back in the answer
   */
  record Ping(long nonce) implements PingMessage {}

  /**
   * Answers.
   *
   * @param nonce of the ping
   */
  record Pong(long nonce) implements PingMessage {}
}

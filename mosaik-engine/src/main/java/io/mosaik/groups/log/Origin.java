package io.mosaik.groups.log;

import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.HexFormat;

/**
 * Whose commands these are: one run of a peer in a group. Its commands are numbered 1, 2, 3, …; a
 * peer that starts again is a new origin and numbers from 1.
 *
 * @param peer who
 * @param session a random number, made anew at each start of the member, even where its log
 *     survived: the numbers it had given out before are not in the log
 */
public record Origin(PeerId peer, long session) {

  /** The bytes of an encoded origin. */
  public static final int BYTES = PeerId.LENGTH + Long.BYTES;

  /** 32 bytes of the peer, 8 of the session. */
  public static final Codec<Origin> CODEC =
      new Codec<>() {
        @Override
        public void encode(Origin origin, BinaryWriter out) {
          out.raw(origin.peer.toBytes()).i64(origin.session);
        }

        @Override
        public Origin decode(BinaryReader in) {
          return new Origin(PeerId.ofBytes(in.raw(PeerId.LENGTH)), in.i64());
        }
      };

  /** The short form of the peer and of the session, for logs. */
  @Override
  public String toString() {
    return peer.toShortString() + "@" + HexFormat.of().toHexDigits(session, 4);
  }
}

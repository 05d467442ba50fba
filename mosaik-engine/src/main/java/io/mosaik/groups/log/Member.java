package io.mosaik.groups.log;

import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A peer together with the incarnation of its log: a peer that comes back without its old log is
 * another member under the same name, so that it can neither vote twice nor vouch for entries that
 * it lost.
 *
 * @param peer who
 * @param incarnation the random number that was made with its log storage
 */
public record Member(PeerId peer, long incarnation) implements Comparable<Member> {

  /** The bytes of an encoded member. */
  public static final int BYTES = PeerId.LENGTH + Long.BYTES;

  /** 32 bytes of the peer, 8 of the incarnation. */
  public static final Codec<Member> CODEC =
      new Codec<>() {
        @Override
        public void encode(Member member, BinaryWriter out) {
          out.raw(member.peer.toBytes()).i64(member.incarnation);
        }

        @Override
        public Member decode(BinaryReader in) {
          return new Member(PeerId.ofBytes(in.raw(PeerId.LENGTH)), in.i64());
        }
      };

  /** A count and so many members. */
  public static void writeAll(List<Member> members, BinaryWriter out) {
    out.varint(members.size());
    for (Member member : members) {
      out.value(member, CODEC);
    }
  }

  /** What {@link #writeAll} has written, of at most {@link Committee#MAX_SIZE} members. */
  public static List<Member> readAll(BinaryReader in) {
    int count = in.count(Committee.MAX_SIZE, BYTES);
    var members = new ArrayList<Member>(count);
    for (int i = 0; i < count; i++) {
      members.add(in.value(CODEC));
    }
    return members;
  }

  @Override
  public int compareTo(Member other) {
    int byPeer = peer.compareTo(other.peer);
    return byPeer != 0 ? byPeer : Long.compareUnsigned(incarnation, other.incarnation);
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || (other instanceof Member that
            && incarnation == that.incarnation
            && peer.equals(that.peer));
  }

  @Override
  public int hashCode() {
    return Long.hashCode(incarnation) * 31 + peer.hashCode();
  }

  /** The short form of the peer and of the incarnation, for logs. */
  @Override
  public String toString() {
    return peer.toShortString() + "#" + HexFormat.of().toHexDigits(incarnation, 4);
  }
}

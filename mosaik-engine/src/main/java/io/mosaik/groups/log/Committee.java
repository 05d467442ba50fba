package io.mosaik.groups.log;

import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The members whose votes and stored entries count. Immutable; sorted, each peer at most once.
 *
 * @param members at least one and at most {@link #MAX_SIZE}, in order
 */
public record Committee(List<Member> members) {

  /** The most members a committee can have. */
  public static final int MAX_SIZE = 99;

  /** A count and so many members, in order. */
  public static final Codec<Committee> CODEC =
      new Codec<>() {
        @Override
        public void encode(Committee committee, BinaryWriter out) {
          out.varint(committee.size());
          for (Member member : committee.members) {
            out.value(member, Member.CODEC);
          }
        }

        @Override
        public Committee decode(BinaryReader in) {
          int count = in.count(MAX_SIZE, Member.BYTES);
          var members = new ArrayList<Member>(count);
          for (int i = 0; i < count; i++) {
            members.add(in.value(Member.CODEC));
          }
          try {
            return new Committee(members);
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
          }
        }
      };

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if there are none or too many, or they are not in order
   */
  public Committee {
    members = List.copyOf(members);
    if (members.isEmpty() || members.size() > MAX_SIZE) {
      throw new IllegalArgumentException(
          "a committee has 1 to " + MAX_SIZE + " members, this one " + members.size());
    }
    for (int i = 1; i < members.size(); i++) {
      if (members.get(i - 1).peer().compareTo(members.get(i).peer()) >= 0) {
        throw new IllegalArgumentException(
            "a committee's members are in order and each peer is in it once: " + members);
      }
    }
  }

  /** The committee of these members, in any order. */
  public static Committee of(List<Member> members) {
    return new Committee(members.stream().sorted().toList());
  }

  /** How many members there are. */
  public int size() {
    return members.size();
  }

  /** The least number of members that is more than half of them. */
  public int majority() {
    return members.size() / 2 + 1;
  }

  /** Whether this very incarnation of the peer is in it. */
  public boolean contains(Member member) {
    return members.contains(member);
  }

  /** Whether any incarnation of the peer is in it. */
  public boolean containsPeer(PeerId peer) {
    for (Member member : members) {
      if (member.peer().equals(peer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * With one member more.
   *
   * @throws IllegalArgumentException if the peer is in it already
   */
  public Committee with(Member member) {
    var more = new ArrayList<>(members);
    more.add(member);
    return of(more);
  }

  /**
   * With one member less.
   *
   * @throws IllegalArgumentException if it is the last
   */
  public Committee without(Member member) {
    return new Committee(members.stream().filter(m -> !m.equals(member)).toList());
  }

  /** The members, for logs. */
  @Override
  public String toString() {
    return members.toString();
  }
}

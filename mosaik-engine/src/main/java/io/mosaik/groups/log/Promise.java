package io.mosaik.groups.log;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.List;

/**
 * That a member goes on in the next epoch of its lineage, and acts no more in the present one, for
 * as long as that epoch may have begun (G3). It is kept until the member has the entry that begins
 * the epoch, or knows that there is none.
 *
 * @param term in which it was promised; 0 once the epoch is known to have begun
 * @param next the epoch
 * @param gone who is counted as lost for good in it
 * @param committee of the epoch
 */
public record Promise(long term, Lineage next, List<Member> gone, List<Member> committee) {

  /** The bytes of the shortest encoded one. */
  static final int LEAST_BYTES = 35;

  /** Term, lineage, and both lists of members. */
  public static final Codec<Promise> CODEC =
      new Codec<>() {
        @Override
        public void encode(Promise promise, BinaryWriter out) {
          out.varint(promise.term).value(promise.next, Lineage.CODEC);
          Member.writeAll(promise.gone, out);
          Member.writeAll(promise.committee, out);
        }

        @Override
        public Promise decode(BinaryReader in) {
          return new Promise(
              LogPosition.readNumber(in, "term"),
              in.value(Lineage.CODEC),
              Member.readAll(in),
              Member.readAll(in));
        }
      };

  /** Copies the lists. */
  public Promise {
    gone = List.copyOf(gone);
    committee = List.copyOf(committee);
  }

  /** Of an epoch that takes a member in: it has a leader. */
  public static Promise begun(Lineage next, Member leader) {
    return new Promise(0, next, List.of(), List.of(leader));
  }

  /** The same, of an epoch whose leader was heard of. */
  public Promise begun() {
    return new Promise(0, next, gone, committee);
  }

  /** Whether the epoch is known to have begun: then the promise is never taken back. */
  public boolean isBegun() {
    return term == 0;
  }
}

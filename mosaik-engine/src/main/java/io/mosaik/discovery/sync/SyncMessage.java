package io.mosaik.discovery.sync;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.id.PeerId;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The one exchange of {@code /mosaik/catalog-sync}. */
public sealed interface SyncMessage {

  /** The protocol of catalog syncs. */
  Protocol<SyncMessage> PROTOCOL =
      new Protocol<>("/mosaik/catalog-sync", 1, new MessageCodec(), 1024 * 1024);

  /** The most ranges are 2 to the power of this. */
  int MAX_RANGE_BITS = 12;

  /** The most versions or peers in one message. */
  int MAX_LISTED = 4096;

  /** The most notices in one message. */
  int MAX_NOTICES = 64;

  /** From this size on a message of notices takes no further one. */
  int FULL_NOTICES_BYTES = 64 * 1024;

  /**
   * The dialler's catalog at a glance.
   *
   * @param rangeBits how many leading bits of a peer id tell its range
   * @param fingerprints of each range, in order
   */
  record Fingerprints(int rangeBits, List<Long> fingerprints) implements SyncMessage {}

  /**
   * The ranges in which the other side's catalog differs.
   *
   * @param ranges their numbers, ascending
   */
  record Differing(List<Integer> ranges) implements SyncMessage {}

  /**
   * What the acceptor has in the ranges that differ.
   *
   * @param versions ordered by peer, over all such messages
   * @param last whether no further one follows
   */
  record Versions(List<PeerVersion> versions, boolean last) implements SyncMessage {}

  /**
   * A peer and the version of its latest notice.
   *
   * @param peer who
   * @param version of its notice
   */
  record PeerVersion(PeerId peer, EntryVersion version) {}

  /**
   * Of whom the dialler wants the notice.
   *
   * @param peers as listed by the acceptor
   */
  record Wanted(List<PeerId> peers) implements SyncMessage {}

  /**
   * What the other side lacks.
   *
   * @param notices as their peers signed them
   */
  record Notices(List<Notice> notices) implements SyncMessage {}

  /** The sender has sent all it has to. */
  record Done() implements SyncMessage {}

  /** One byte for the kind, then the fields. */
  final class MessageCodec implements Codec<SyncMessage> {

    private static final int VERSION_BYTES = PeerId.LENGTH + 16;

    private MessageCodec() {}

    @Override
    public void encode(SyncMessage value, BinaryWriter out) {
      switch (value) {
        case Fingerprints(int bits, List<Long> prints) -> {
          out.u8(1).u8(bits);
          prints.forEach(out::i64);
        }
        case Differing(List<Integer> ranges) -> list(out.u8(2), ranges, out::u16);
        case Versions(List<PeerVersion> versions, boolean last) ->
            list(out.u8(3).bool(last), versions, it -> version(out, it));
        case Wanted(List<PeerId> peers) -> list(out.u8(4), peers, it -> out.raw(it.toBytes()));
        case Notices(List<Notice> notices) ->
            list(out.u8(5), notices, it -> out.value(it, Notice.CODEC));
        case Done() -> out.u8(6);
      }
    }

    private static void version(BinaryWriter out, PeerVersion of) {
      out.raw(of.peer().toBytes()).i64(of.version().startMs()).i64(of.version().updateMs());
    }

    private static <T> void list(BinaryWriter out, List<T> values, Consumer<T> write) {
      out.varint(values.size());
      values.forEach(write);
    }

    @Override
    public SyncMessage decode(BinaryReader in) {
      int tag = in.u8();
      return switch (tag) {
        case 1 -> fingerprints(in);
        case 2 -> new Differing(list(in, 1 << MAX_RANGE_BITS, 2, in::u16));
        case 3 -> {
          boolean last = in.bool();
          yield new Versions(list(in, MAX_LISTED, VERSION_BYTES, () -> version(in)), last);
        }
        case 4 -> new Wanted(list(in, MAX_LISTED, PeerId.LENGTH, () -> peer(in)));
        case 5 ->
            new Notices(
                list(in, MAX_NOTICES, Notice.SIGNATURE_BYTES, () -> in.value(Notice.CODEC)));
        case 6 -> new Done();
        default -> throw new MalformedException("a catalog sync message of the kind " + tag);
      };
    }

    private static Fingerprints fingerprints(BinaryReader in) {
      int bits = in.u8();
      if (bits > MAX_RANGE_BITS) {
        throw new MalformedException("2^" + bits + " ranges, at most 2^" + MAX_RANGE_BITS);
      }
      if (in.remaining() != 8 << bits) {
        throw new MalformedException(
            "fingerprints of 2^" + bits + " ranges in " + in.remaining() + " bytes");
      }
      var prints = new ArrayList<Long>(1 << bits);
      for (int i = 0; i < 1 << bits; i++) {
        prints.add(in.i64());
      }
      return new Fingerprints(bits, List.copyOf(prints));
    }

    private static PeerId peer(BinaryReader in) {
      return PeerId.ofBytes(in.raw(PeerId.LENGTH));
    }

    private static PeerVersion version(BinaryReader in) {
      return new PeerVersion(peer(in), new EntryVersion(in.i64(), in.i64()));
    }

    private static <T> List<T> list(
        BinaryReader in, int most, int leastBytesEach, Supplier<T> read) {
      int count = in.count(most, leastBytesEach);
      var values = new ArrayList<T>(count);
      for (int i = 0; i < count; i++) {
        values.add(read.get());
      }
      return List.copyOf(values);
    }
  }
}

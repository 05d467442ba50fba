package io.mosaik.discovery.gossip;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.id.PeerId;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/** What neighbours tell each other over {@code /mosaik/announce}. */
public sealed interface AnnounceMessage {

  /** The protocol of announce links. The first message of each side is its own entry. */
  Protocol<AnnounceMessage> PROTOCOL =
      new Protocol<>("/mosaik/announce", 1, new MessageCodec(), Notice.MAX_BYTES + 1024);

  /**
   * A peer said something about itself.
   *
   * @param notice as the peer signed it
   */
  record News(Notice notice) implements AnnounceMessage {}

  /**
   * A link to the peer died: whoever has heard of it since is asked to say so (after SWIM, §4.2,
   * where a suspect gets time to contradict).
   *
   * @param peer who may be dead
   * @param version of the latest that the sender has heard of it
   */
  record Suspect(PeerId peer, EntryVersion version) implements AnnounceMessage {}

  /**
   * Where the sender sees the receiver.
   *
   * @param host a literal IP address
   */
  record Observed(String host) implements AnnounceMessage {}

  /** One byte for the kind, then the fields. */
  final class MessageCodec implements Codec<AnnounceMessage> {

    private static final int MAX_HOST_BYTES = 64;

    private MessageCodec() {}

    @Override
    public void encode(AnnounceMessage value, BinaryWriter out) {
      switch (value) {
        case News(Notice notice) -> out.u8(1).value(notice, Notice.CODEC);
        case Suspect(PeerId peer, EntryVersion version) ->
            out.u8(2).raw(peer.toBytes()).i64(version.startMs()).i64(version.updateMs());
        case Observed(String host) -> out.u8(3).string(host);
      }
    }

    @Override
    public AnnounceMessage decode(BinaryReader in) {
      int tag = in.u8();
      return switch (tag) {
        case 1 -> new News(in.value(Notice.CODEC));
        case 2 ->
            new Suspect(
                PeerId.ofBytes(in.raw(PeerId.LENGTH)), new EntryVersion(in.i64(), in.i64()));
        case 3 -> new Observed(in.string(MAX_HOST_BYTES));
        default -> throw new MalformedException("an announce message of the kind " + tag);
      };
    }
  }
}

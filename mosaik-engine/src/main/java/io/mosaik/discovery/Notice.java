package io.mosaik.discovery;

import io.mosaik.id.Digest;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;

/**
 * What a peer signed about itself, as it travels: its entry, or its departure. Only the header is
 * decoded, so that a notice which is not newer than what is known can be dropped before its
 * signature is checked. Relays pass on the same bytes.
 *
 * @param kind what it says
 * @param network the peer's network
 * @param peer whom it is about, and who signed it
 * @param version which of two notices of a peer is newer
 * @param bytes what was signed; not to be changed
 * @param signature of the bytes by the peer, 64 bytes; not to be changed
 */
public record Notice(
    Kind kind,
    NetworkId network,
    PeerId peer,
    EntryVersion version,
    byte[] bytes,
    byte[] signature) {

  /** The longest notice that is sent or taken, signature not counted. */
  public static final int MAX_BYTES = 256 * 1024;

  /** The length of a signature. */
  public static final int SIGNATURE_BYTES = 64;

  /** The signed bytes with their length, then the signature. */
  public static final Codec<Notice> CODEC =
      new Codec<>() {
        @Override
        public void encode(Notice value, BinaryWriter out) {
          out.bytes(value.bytes).raw(value.signature);
        }

        @Override
        public Notice decode(BinaryReader in) {
          byte[] bytes = in.bytes(MAX_BYTES);
          return of(bytes, in.raw(SIGNATURE_BYTES));
        }
      };

  /** What a notice says. */
  public enum Kind {
    /** Who the peer is and what it does: a {@link PeerEntry}. */
    ENTRY(1),
    /** The peer leaves. */
    DEPARTURE(2);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    private static Kind of(int tag) {
      return switch (tag) {
        case 1 -> ENTRY;
        case 2 -> DEPARTURE;
        default -> throw new MalformedException("a notice of the unknown kind " + tag);
      };
    }
  }

  /**
   * Reads the header of signed bytes. The signature is not checked.
   *
   * @throws MalformedException if there is no valid header
   */
  static Notice of(byte[] bytes, byte[] signature) {
    var in = new BinaryReader(bytes);
    Kind kind = Kind.of(in.u8());
    int revision = in.u16();
    if (revision != PeerEntry.PROTOCOL_VERSION) {
      throw new MalformedException(
          "a notice of the form " + revision + ", here it is " + PeerEntry.PROTOCOL_VERSION);
    }
    var network = new NetworkId(Digest.ofBytes(in.raw(Digest.LENGTH)));
    PeerId peer = PeerId.ofBytes(in.raw(PeerId.LENGTH));
    var version = new EntryVersion(in.i64(), in.i64());
    if (kind == Kind.DEPARTURE) {
      in.expectEnd();
    }
    return new Notice(kind, network, peer, version, bytes, signature);
  }

  static void writeHeader(
      BinaryWriter out, Kind kind, NetworkId network, PeerId peer, EntryVersion version) {
    out.u8(kind.tag)
        .u16(PeerEntry.PROTOCOL_VERSION)
        .raw(network.digest().toBytes())
        .raw(peer.toBytes())
        .i64(version.startMs())
        .i64(version.updateMs());
  }

  /** The notice that the owner of the key leaves. */
  public static Notice departure(NetworkId network, EntryVersion version, SecretKey key) {
    var out = new BinaryWriter();
    writeHeader(out, Kind.DEPARTURE, network, key.peerId(), version);
    byte[] bytes = out.toByteArray();
    return new Notice(Kind.DEPARTURE, network, key.peerId(), version, bytes, key.sign(bytes));
  }

  /** Whether the peer really signed the bytes; about a tenth of a millisecond. */
  public boolean isAuthentic() {
    return peer.verify(bytes, signature);
  }

  /**
   * The whole entry.
   *
   * @throws MalformedException if the bytes are no entry
   */
  public SignedPeerEntry toEntry() {
    return new SignedPeerEntry(EntryCodec.decode(bytes), bytes, signature);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Notice that
        && Arrays.equals(bytes, that.bytes)
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return kind + " of " + peer.toShortString() + " " + version;
  }
}

package io.mosaik.discovery;

import io.mosaik.id.SecretKey;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.util.Arrays;

/**
 * An entry with the exact bytes that its owner signed. Relays pass on these bytes.
 *
 * @param entry decoded from the bytes
 * @param bytes what was signed; not to be changed
 * @param signature of the bytes by the entry's peer, 64 bytes; not to be changed
 */
public record SignedPeerEntry(PeerEntry entry, byte[] bytes, byte[] signature) {

  /**
   * The signed bytes with their length, then the signature. What is decoded is well-formed and
   * within all limits, but not yet known to be {@linkplain #isAuthentic authentic}.
   */
  public static final Codec<SignedPeerEntry> CODEC =
      new Codec<>() {
        @Override
        public void encode(SignedPeerEntry value, BinaryWriter out) {
          out.bytes(value.bytes).raw(value.signature);
        }

        @Override
        public SignedPeerEntry decode(BinaryReader in) {
          byte[] bytes = in.bytes(Notice.MAX_BYTES);
          return new SignedPeerEntry(
              EntryCodec.decode(bytes), bytes, in.raw(Notice.SIGNATURE_BYTES));
        }
      };

  /**
   * Signs an entry.
   *
   * @param key of the entry's peer
   * @throws IllegalArgumentException if the entry exceeds a limit, or is of another peer
   */
  public static SignedPeerEntry sign(PeerEntry entry, SecretKey key) {
    if (!entry.peerId().equals(key.peerId())) {
      throw new IllegalArgumentException(
          "an entry of "
              + entry.peerId().toShortString()
              + " can't be signed by "
              + key.peerId().toShortString());
    }
    byte[] bytes = EntryCodec.encode(entry);
    return new SignedPeerEntry(entry, bytes, key.sign(bytes));
  }

  /** Whether the entry's peer really signed the bytes. */
  public boolean isAuthentic() {
    return entry.peerId().verify(bytes, signature);
  }

  /** As it travels among notices. */
  public Notice toNotice() {
    return new Notice(
        Notice.Kind.ENTRY, entry.network(), entry.peerId(), entry.version(), bytes, signature);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedPeerEntry that
        && Arrays.equals(bytes, that.bytes)
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return entry.toString();
  }
}

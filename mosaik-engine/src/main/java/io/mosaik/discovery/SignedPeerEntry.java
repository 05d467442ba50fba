package io.mosaik.discovery;

import java.util.Arrays;

/**
 * An entry with the exact bytes that its owner signed. Relays pass on these bytes.
 *
 * @param entry decoded from the bytes
 * @param bytes what was signed; not to be changed
 * @param signature of the bytes by the entry's peer, 64 bytes; not to be changed
 */
public record SignedPeerEntry(PeerEntry entry, byte[] bytes, byte[] signature) {

  /** Whether the entry's peer really signed the bytes. */
  public boolean isAuthentic() {
    return entry.peerId().verify(bytes, signature);
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

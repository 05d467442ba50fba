package io.mosaik.groups.bond;

import io.mosaik.discovery.SignedPeerEntry;
import java.util.List;

/**
 * What each side of a new bond says of itself.
 *
 * @param incarnation of its log: a member that lost its log comes back with another
 * @param session a random number of this run of the member: another one means that the old run is
 *     over, and its bonds with it
 * @param observer whether it never votes
 * @param self its signed entry
 * @param bonds the signed entries of the members that it is bonded with
 */
public record Introduction(
    long incarnation,
    long session,
    boolean observer,
    SignedPeerEntry self,
    List<SignedPeerEntry> bonds) {

  /** The most entries in {@link #bonds}; members beyond are found by discovery. */
  public static final int MAX_BONDS = 128;

  /** The most bytes that the entries in {@link #bonds} have together: well within one frame. */
  public static final int MAX_BONDS_BYTES = 8 << 20;

  /** Copies the list. */
  public Introduction {
    bonds = List.copyOf(bonds);
    if (bonds.size() > MAX_BONDS) {
      throw new IllegalArgumentException(
          bonds.size() + " bonds in an introduction, at most " + MAX_BONDS + " are allowed");
    }
  }
}

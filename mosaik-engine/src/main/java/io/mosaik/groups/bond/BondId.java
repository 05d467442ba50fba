package io.mosaik.groups.bond;

import io.mosaik.id.Digest;

/**
 * The name of one bond, the same on both of its ends: exported from its connection, so that nobody
 * else knows or chooses it.
 *
 * @param digest the 32 bytes
 */
public record BondId(Digest digest) {

  static final String EXPORTER_LABEL = "mosaik.group.bond.id";

  /** The first 5 bytes in hexadecimal, for logs. */
  @Override
  public String toString() {
    return digest.toShortString();
  }
}

package io.mosaik.groups.bond;

import io.mosaik.id.GroupId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves that a side of a connection knows the group's key, without showing it: HMAC-SHA-256 (RFC
 * 2104) under the group's secret, over the connection's exporter secret, the group and the side's
 * role. The exporter secret is known to the two ends alone, so a proof can be neither replayed nor
 * relayed; the role keeps it from being sent back to who made it.
 */
public final class BondProof {

  /** The length of a proof, in bytes. */
  public static final int BYTES = 32;

  static final String EXPORTER_LABEL = "mosaik.group.bond.proof";
  static final int EXPORTER_BYTES = 32;

  /** Which side of the connection speaks. */
  public enum Role {
    /** The side that dialled. */
    DIALLER(1),
    /** The side that was dialled. */
    ACCEPTOR(2);

    private final byte code;

    Role(int code) {
      this.code = (byte) code;
    }

    /** The other side. */
    public Role other() {
      return this == DIALLER ? ACCEPTOR : DIALLER;
    }
  }

  private BondProof() {}

  /**
   * The proof of a side.
   *
   * @param groupSecret the 32 bytes of the group's key
   * @param exporterSecret of this connection
   */
  public static byte[] of(byte[] groupSecret, byte[] exporterSecret, GroupId group, Role role) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(groupSecret, "HmacSHA256"));
      mac.update(exporterSecret);
      mac.update(group.digest().toBytes());
      mac.update(role.code);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256, this one fails", e);
    }
  }

  /** Whether the proof is right; takes the same time wherever it differs. */
  public static boolean verify(
      byte[] proof, byte[] groupSecret, byte[] exporterSecret, GroupId group, Role role) {
    return MessageDigest.isEqual(proof, of(groupSecret, exporterSecret, group, role));
  }
}

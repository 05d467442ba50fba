package io.mosaik.transport;

import io.mosaik.id.Digest;
import io.mosaik.id.NetworkId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.security.MessageDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/**
 * The first frame of each side of a link: which network, which revision of the protocol, and the
 * proof that the sender knows the network's secret, if there is one.
 *
 * <p>The proof is an HMAC-SHA-256 (RFC 2104) keyed by the network's secret over keying material of
 * this very connection (RFC 8446 §7.5) and the sender's side of it. It can be neither replayed on
 * another connection nor reflected to its sender. Immutable, does no I/O.
 */
final class Greeting {

  static final String EXPORTER_LABEL = "EXPORTER-mosaik-admission";
  static final int PROOF_BYTES = 32;

  /** The longest frame that is taken as a greeting; one with a proof has some 70 bytes. */
  static final int MAX_FRAME_BYTES = 1024;

  private static final byte[] NO_CONTEXT = {};

  private final NetworkId network;
  private final byte @Nullable [] secret;

  Greeting(NetworkId network, byte @Nullable [] secret) {
    if (secret != null && secret.length == 0) {
      throw new IllegalArgumentException(
          "the network's secret is empty; leave it out, or give one that is hard to guess");
    }
    this.network = network;
    this.secret = secret == null ? null : secret.clone();
  }

  /** Whether the other side must prove that it knows the secret. */
  boolean demandsProof() {
    return secret != null;
  }

  /** This side's greeting on a connection. */
  Frame own(Connection connection, int revision) {
    Role role = connection.dialled() ? Role.DIALLER : Role.ACCEPTOR;
    byte[] proof = secret == null ? new byte[0] : proof(secret, connection, role);
    return new BinaryWriter()
        .u8(role.tag)
        .raw(network.digest().toBytes())
        .varint(revision)
        .bytes(proof)
        .toFrame();
  }

  /**
   * Judges the other side's greeting.
   *
   * @return null if it is accepted, else the reason to close with
   */
  @Nullable CloseReason refuse(Connection connection, int revision, byte[] payload) {
    Role role = connection.dialled() ? Role.ACCEPTOR : Role.DIALLER;
    var in = new BinaryReader(payload);
    try {
      if (in.u8() != role.tag) {
        return CloseReason.PROTOCOL_VIOLATION.because("the first frame is no greeting");
      }
      if (!Digest.ofBytes(in.raw(Digest.LENGTH)).equals(network.digest())) {
        return CloseReason.DIFFERENT_NETWORK;
      }
      long theirs = in.varint();
      if (theirs != revision) {
        return CloseReason.PROTOCOL_VIOLATION.because(
            "revision " + theirs + " of the protocol, here it is " + revision);
      }
      byte[] proof = in.bytes(PROOF_BYTES);
      in.expectEnd();
      if (secret != null && !MessageDigest.isEqual(proof, proof(secret, connection, role))) {
        return CloseReason.NOT_ADMITTED;
      }
      return null;
    } catch (MalformedException e) {
      return CloseReason.PROTOCOL_VIOLATION.because("greeting: " + e.getMessage());
    }
  }

  private static byte[] proof(byte[] secret, Connection connection, Role role) {
    byte[] exported = connection.export(EXPORTER_LABEL, NO_CONTEXT, 32);
    var hmac = new HMac(new SHA256Digest());
    hmac.init(new KeyParameter(secret));
    hmac.update(exported, 0, exported.length);
    hmac.update(role.tag);
    var proof = new byte[PROOF_BYTES];
    hmac.doFinal(proof, 0);
    return proof;
  }

  private enum Role {
    DIALLER(1),
    ACCEPTOR(2);

    /** Opens the greeting of this side, and is what its proof covers. */
    private final byte tag;

    Role(int tag) {
      this.tag = (byte) tag;
    }
  }
}

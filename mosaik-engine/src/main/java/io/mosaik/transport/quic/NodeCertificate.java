package io.mosaik.transport.quic;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A node's key as TLS wants it: an Ed25519 certificate (RFC 8410) signed by itself, that says
 * nothing but the key. Nothing else of it is looked at; that the other side holds the key is what
 * the handshake proves.
 *
 * @param privateKey of the certificate
 * @param certificate with the node's public key
 */
record NodeCertificate(PrivateKey privateKey, X509Certificate certificate) {

  private static final HexFormat HEX = HexFormat.of();

  /** What comes before the 32 bytes of a public key (SubjectPublicKeyInfo, RFC 8410 §4). */
  private static final byte[] PUBLIC_PREFIX = HEX.parseHex("302a300506032b6570032100");

  /** What comes before the 32 bytes of a private key (OneAsymmetricKey, RFC 8410 §7). */
  private static final byte[] PRIVATE_PREFIX = HEX.parseHex("302e020100300506032b657004220420");

  private static final X500Name NAME = new X500Name("CN=mosaik");
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("9999-12-31T23:59:59Z");

  static NodeCertificate of(SecretKey key) {
    try {
      var keys = KeyFactory.getInstance("Ed25519");
      PrivateKey privateKey =
          keys.generatePrivate(new PKCS8EncodedKeySpec(concat(PRIVATE_PREFIX, key.toBytes())));
      PublicKey publicKey =
          keys.generatePublic(
              new X509EncodedKeySpec(concat(PUBLIC_PREFIX, key.peerId().toBytes())));
      var builder =
          new JcaX509v3CertificateBuilder(
              NAME, BigInteger.ONE, Date.from(FROM), Date.from(UNTIL), NAME, publicKey);
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder("Ed25519").build(privateKey)));
      return new NodeCertificate(privateKey, certificate);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this Java can't make an Ed25519 certificate", e);
    }
  }

  /**
   * The peer that a certificate is of.
   *
   * @throws CertificateException if its key is not Ed25519, or can't be read
   */
  static PeerId peerOf(Certificate certificate) throws CertificateException {
    byte[] spki;
    try {
      spki = certificate.getPublicKey().getEncoded();
    } catch (RuntimeException e) { // the first look at the bytes, and the JDK trips over some
      throw new CertificateException("a peer's certificate can't be read", e);
    }
    if (spki == null
        || spki.length != PUBLIC_PREFIX.length + PeerId.LENGTH
        || !Arrays.equals(spki, 0, PUBLIC_PREFIX.length, PUBLIC_PREFIX, 0, PUBLIC_PREFIX.length)) {
      throw new CertificateException("a peer's certificate has an Ed25519 key, this has another");
    }
    return PeerId.ofBytes(Arrays.copyOfRange(spki, PUBLIC_PREFIX.length, spki.length));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}

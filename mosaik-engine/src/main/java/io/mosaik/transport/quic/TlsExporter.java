package io.mosaik.transport.quic;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** The exporter of TLS 1.3 (RFC 8446 §7.5), for libraries that tell the secret but don't export. */
final class TlsExporter {

  private TlsExporter() {}

  /**
   * TLS-Exporter(label, context, length).
   *
   * @param exporterSecret the exporter_master_secret: 32 bytes where the cipher suite's hash is
   *     SHA-256, 48 where it is SHA-384
   * @throws IllegalArgumentException for another length of the secret or a label of more than 249
   *     characters
   */
  static byte[] export(byte[] exporterSecret, String label, byte[] context, int length) {
    byte[] derived =
        expandLabel(
            exporterSecret, label, hash(exporterSecret, new byte[0]), exporterSecret.length);
    return expandLabel(derived, "exporter", hash(derived, context), length);
  }

  /** HKDF-Expand-Label(secret, label, context, length), RFC 8446 §7.1. */
  static byte[] expandLabel(byte[] secret, String label, byte[] context, int length) {
    byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
    if (name.length > 255 || context.length > 255 || length > 0xffff) {
      throw new IllegalArgumentException("the label or the length asked for is too long");
    }
    var info = new byte[4 + name.length + context.length];
    info[0] = (byte) (length >>> 8);
    info[1] = (byte) length;
    info[2] = (byte) name.length;
    System.arraycopy(name, 0, info, 3, name.length);
    info[3 + name.length] = (byte) context.length;
    System.arraycopy(context, 0, info, 4 + name.length, context.length);

    var hkdf = new HKDFBytesGenerator(digestFor(secret));
    hkdf.init(HKDFParameters.skipExtractParameters(secret, info));
    var out = new byte[length];
    hkdf.generateBytes(out, 0, length);
    return out;
  }

  private static byte[] hash(byte[] secret, byte[] data) {
    Digest digest = digestFor(secret);
    digest.update(data, 0, data.length);
    var out = new byte[digest.getDigestSize()];
    digest.doFinal(out, 0);
    return out;
  }

  private static Digest digestFor(byte[] secret) {
    return switch (secret.length) {
      case 32 -> new SHA256Digest();
      case 48 -> new SHA384Digest();
      default ->
          throw new IllegalArgumentException(
              "a TLS 1.3 secret has 32 or 48 bytes, this has " + secret.length);
    };
  }
}

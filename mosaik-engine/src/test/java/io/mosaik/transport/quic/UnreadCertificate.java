package io.mosaik.transport.quic;

import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Bytes that nobody has looked at yet, as Netty hands over what a handshake brings. */
final class UnreadCertificate extends Certificate {

  private static final long serialVersionUID = 1L;

  private final byte[] bytes;

  UnreadCertificate(byte[] bytes) {
    super("X.509");
    this.bytes = bytes;
  }

  private Certificate read() {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public PublicKey getPublicKey() {
    return read().getPublicKey();
  }

  @Override
  public byte[] getEncoded() {
    return bytes.clone();
  }

  @Override
  public void verify(PublicKey key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void verify(PublicKey key, String provider) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}

package io.mosaik.transport.quic;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that no node of ours would send. */
final class ForeignCertificates {

  private ForeignCertificates() {}

  static NodeCertificate rsa() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return signed(generator.generateKeyPair(), "SHA256withRSA");
  }

  private static NodeCertificate signed(KeyPair keys, String algorithm) throws Exception {
    var name = new X500Name("CN=foreign");
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(Instant.parse("2020-01-01T00:00:00Z")),
            Date.from(Instant.parse("2099-01-01T00:00:00Z")),
            name,
            keys.getPublic());
    return new NodeCertificate(
        keys.getPrivate(),
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))));
  }
}

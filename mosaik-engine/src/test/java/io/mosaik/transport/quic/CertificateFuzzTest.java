package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.Decodes;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates that a handshake brings, as the JDK reads them. */
@Decodes(NodeCertificate.class)
final class CertificateFuzzTest {

  static Stream<byte[]> certificates() throws Exception {
    return Stream.of(
        NodeCertificate.of(SecretKey.of("a test key")).certificate().getEncoded(),
        ForeignCertificates.rsa().certificate().getEncoded());
  }

  @MethodSource("certificates")
  @FuzzTest
  void a_certificate_is_refused_or_of_the_peer_whose_key_it_has(byte[] input) {
    try {
      var certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(input));
      new PeerTrustManager().checkClientTrusted(new X509Certificate[] {certificate}, "UNKNOWN");
      byte[] key = certificate.getPublicKey().getEncoded();
      PeerId peer = NodeCertificate.peerOf(certificate);
      assertThat(key).endsWith(peer.toBytes()).hasSize(12 + PeerId.LENGTH);
      assertThat(certificate.getPublicKey().getAlgorithm()).isIn("EdDSA", "Ed25519");
    } catch (CertificateException refused) {
      assertThat(refused).isNotNull();
    }
  }
}

package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.Decodes;
import java.security.cert.CertificateException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates that a handshake brings. */
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
    var certificate = new UnreadCertificate(input);
    try {
      PeerId peer = NodeCertificate.peerOf(certificate);
      assertThat(certificate.getPublicKey().getEncoded())
          .endsWith(peer.toBytes())
          .hasSize(12 + PeerId.LENGTH);
      assertThat(certificate.getPublicKey().getAlgorithm()).isIn("EdDSA", "Ed25519");
    } catch (CertificateException refused) {
      assertThat(refused.getMessage()).startsWith("a peer's certificate");
    }
  }
}

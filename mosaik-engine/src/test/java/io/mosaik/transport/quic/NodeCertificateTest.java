package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.SecretKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeCertificateTest {

  private static final SecretKey KEY = SecretKey.of("a test key");

  @Test
  void the_key_in_the_certificate_is_the_peer() throws Exception {
    X509Certificate certificate = NodeCertificate.of(KEY).certificate();
    assertThat(NodeCertificate.peerOf(certificate)).isEqualTo(KEY.peerId());
    certificate.verify(certificate.getPublicKey());
    certificate.checkValidity();
  }

  @Test
  void a_certificate_of_another_kind_of_key_is_nobodys() throws Exception {
    X509Certificate rsa = ForeignCertificates.rsa().certificate();
    assertThatThrownBy(() -> NodeCertificate.peerOf(rsa))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("Ed25519");
  }

  /**
   * Found by fuzzing: the JDK takes the last byte of the key without looking whether there is one.
   */
  @Test
  void a_certificate_with_an_empty_key_is_nobodys() throws Exception {
    byte[] der = NodeCertificate.of(KEY).certificate().getEncoded();
    byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
    int key = Collections.indexOfSubList(list(der), list(prefix)) + prefix.length - 2;
    der[key] =
        1; // the length of a bit string, of which nothing is left but how many bits are not used
    assertThatThrownBy(() -> NodeCertificate.peerOf(new UnreadCertificate(der)))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("can't be read");
  }

  private static List<Byte> list(byte[] bytes) {
    var list = new ArrayList<Byte>();
    for (byte each : bytes) {
      list.add(each);
    }
    return list;
  }

  @Test
  void exactly_one_certificate_is_taken() throws Exception {
    X509Certificate certificate = NodeCertificate.of(KEY).certificate();
    var trust = new PeerTrustManager();
    trust.checkClientTrusted(new X509Certificate[] {certificate}, "UNKNOWN");
    assertThatThrownBy(
            () -> trust.checkServerTrusted(new X509Certificate[] {certificate, certificate}, "x"))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trust.checkServerTrusted(new X509Certificate[0], "x"))
        .isInstanceOf(CertificateException.class);
  }
}

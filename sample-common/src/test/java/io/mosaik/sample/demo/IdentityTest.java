package io.mosaik.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class IdentityTest {

  @Test
  void the_peer_id_is_the_public_key_of_the_secret_key() throws Exception {
    Identity identity = Identity.random();
    // RFC 8410 §7 and §4: the encodings without their keys.
    var secret =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(
                new PKCS8EncodedKeySpec(
                    HexFormat.of()
                        .parseHex("302e020100300506032b657004220420" + identity.secretKey())));
    var publicKey =
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new X509EncodedKeySpec(
                    HexFormat.of().parseHex("302a300506032b6570032100" + identity.peerId())));
    var signer = Signature.getInstance("Ed25519");
    signer.initSign(secret);
    signer.update(new byte[] {1, 2, 3});
    byte[] signature = signer.sign();
    var verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(publicKey);
    verifier.update(new byte[] {1, 2, 3});
    assertThat(verifier.verify(signature)).isTrue();
  }
}

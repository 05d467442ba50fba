package io.mosaik.groups.bond;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.id.GroupId;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BondProofTest {

  private static final byte[] SECRET = new byte[32];
  private static final byte[] EXPORTED =
      "exporter secret of a connection!".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final GroupId GROUP = GroupId.of("orders");

  @Test
  void a_proof_is_believed_on_its_own_connection_group_and_side() {
    byte[] proof = BondProof.of(SECRET, EXPORTED, GROUP, Role.DIALLER);
    assertThat(BondProof.verify(proof, SECRET, EXPORTED, GROUP, Role.DIALLER)).isTrue();
  }

  @Test
  void a_proof_is_worth_nothing_elsewhere() {
    byte[] proof = BondProof.of(SECRET, EXPORTED, GROUP, Role.DIALLER);
    byte[] otherSecret = SECRET.clone();
    otherSecret[31] = 1;
    byte[] otherConnection = EXPORTED.clone();
    otherConnection[0] ^= 1;
    assertThat(BondProof.verify(proof, otherSecret, EXPORTED, GROUP, Role.DIALLER)).isFalse();
    assertThat(BondProof.verify(proof, SECRET, otherConnection, GROUP, Role.DIALLER)).isFalse();
    assertThat(BondProof.verify(proof, SECRET, EXPORTED, GroupId.of("x"), Role.DIALLER)).isFalse();
    assertThat(BondProof.verify(proof, SECRET, EXPORTED, GROUP, Role.ACCEPTOR)).isFalse();
    assertThat(BondProof.verify(new byte[0], SECRET, EXPORTED, GROUP, Role.DIALLER)).isFalse();
  }

  @Test
  void a_proof_is_the_hmac_that_the_protocol_document_names() {
    // Python: hmac.new(bytes(32), b"exporter secret of a connection!" + bytes(range(32)) +
    // b"\x01", "sha256").hexdigest()
    GroupId group = GroupId.of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assertThat(HexFormat.of().formatHex(BondProof.of(SECRET, EXPORTED, group, Role.DIALLER)))
        .isEqualTo("f59e5071b710cf828a318bc4f3f753432146cff3bc9eeea5b3a86892546f60f2");
  }
}

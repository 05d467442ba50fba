package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TlsExporterTest {

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  /** RFC 8448 §3: "derive secret 'tls13 exp master'" of the simple 1-RTT handshake. */
  @Test
  void expands_the_exporter_master_secret_of_rfc_8448() {
    byte[] master = hex("18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919");
    byte[] transcript = hex("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");
    assertThat(TlsExporter.expandLabel(master, "exp master", transcript, 32))
        .isEqualTo(hex("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"));
  }

  /** RFC 9001 §A.1: keys of lengths that are not the hash's. */
  @Test
  void expands_the_labels_of_rfc_9001() {
    byte[] initial = hex("7db5df06e7a69e432496adedb00851923595221596ae2ae9fb8115c1e9ed0a44");
    byte[] client = TlsExporter.expandLabel(initial, "client in", new byte[0], 32);
    assertThat(client)
        .isEqualTo(hex("c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea"));
    assertThat(TlsExporter.expandLabel(client, "quic key", new byte[0], 16))
        .isEqualTo(hex("1f369613dd76d5467730efcbe3b1a22d"));
    assertThat(TlsExporter.expandLabel(client, "quic iv", new byte[0], 12))
        .isEqualTo(hex("fa044b2f42a3fd3b46fb255c"));
    assertThat(TlsExporter.expandLabel(client, "quic hp", new byte[0], 16))
        .isEqualTo(hex("9f50449e04a0e810283a1e9933adedd2"));
  }

  /** RFC 8446 §7.5, spelled out: Derive-Secret over nothing, then the hash of the context. */
  @Test
  void exports_by_the_two_steps_of_rfc_8446() {
    byte[] secret = hex("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50");
    byte[] hashOfNothing = hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    byte[] hashOfAbc = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    byte[] derived = TlsExporter.expandLabel(secret, "EXPORTER-x", hashOfNothing, 32);
    assertThat(
            TlsExporter.export(secret, "EXPORTER-x", "abc".getBytes(StandardCharsets.US_ASCII), 40))
        .isEqualTo(TlsExporter.expandLabel(derived, "exporter", hashOfAbc, 40));
    assertThat(TlsExporter.export(secret, "EXPORTER-x", new byte[0], 32))
        .isEqualTo(TlsExporter.expandLabel(derived, "exporter", hashOfNothing, 32));
  }

  @Test
  void the_hash_follows_the_length_of_the_secret() {
    assertThat(TlsExporter.export(new byte[48], "x", new byte[0], 32))
        .isNotEqualTo(TlsExporter.export(new byte[32], "x", new byte[0], 32));
    assertThatThrownBy(() -> TlsExporter.export(new byte[31], "x", new byte[0], 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31");
  }
}

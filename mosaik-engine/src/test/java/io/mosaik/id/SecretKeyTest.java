package io.mosaik.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretKeyTest {

  private static final HexFormat HEX = HexFormat.of();

  /** RFC 8032 §7.1, TEST 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void ed25519_gives_the_published_results(
      String secret, String publicKey, String message, String signature) {
    SecretKey key = SecretKey.of(secret);
    assertThat(key.peerId()).hasToString(publicKey);
    assertThat(HEX.formatHex(key.sign(HEX.parseHex(message)))).isEqualTo(signature);
    assertThat(PeerId.parse(publicKey).verify(HEX.parseHex(message), HEX.parseHex(signature)))
        .isTrue();
  }

  @Test
  void any_changed_bit_of_message_signature_or_key_is_refused() {
    SecretKey key = SecretKey.of("a key for tests");
    byte[] message = {1, 2, 3, 4};
    byte[] signature = key.sign(message);
    assertThat(key.peerId().verify(message, signature)).isTrue();
    for (int bit = 0; bit < 512; bit++) {
      assertThat(key.peerId().verify(message, flipped(signature, bit))).as("bit %d", bit).isFalse();
    }
    for (int bit = 0; bit < 32; bit++) {
      assertThat(key.peerId().verify(flipped(message, bit), signature)).isFalse();
    }
    for (int bit = 0; bit < 256; bit++) {
      PeerId other = PeerId.ofBytes(flipped(key.peerId().toBytes(), bit));
      assertThat(other.verify(message, signature)).as("bit %d", bit).isFalse();
    }
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] changed = bytes.clone();
    changed[bit / 8] ^= (byte) (1 << (bit % 8));
    return changed;
  }

  @Test
  void hostile_keys_and_signatures_are_refused_and_never_thrown_at() {
    var random = new SplittableRandom(20_261_120);
    byte[] message = {5};
    for (int i = 0; i < 2_000; i++) {
      var key = new byte[PeerId.LENGTH];
      var signature = new byte[random.nextInt(130)];
      random.nextBytes(key);
      random.nextBytes(signature);
      assertThat(PeerId.ofBytes(key).verify(message, signature)).isFalse();
    }
    assertThat(PeerId.ofBytes(new byte[32]).verify(message, new byte[64])).isFalse();
  }

  @Test
  void a_key_is_64_hex_digits_or_the_digest_of_a_text() {
    SecretKey key = SecretKey.of("a secret text");
    assertThat(SecretKey.of(key.toHex())).isEqualTo(key);
    assertThat(key.toBytes()).isEqualTo(Digest.ofName("a secret text").toBytes());
    assertThatThrownBy(() -> SecretKey.of("  ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SecretKey.ofBytes(new byte[33]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_key_never_prints_its_secret() {
    SecretKey key = SecretKey.of("a secret text");
    assertThat(key.toString())
        .doesNotContain(key.toHex())
        .doesNotContain(key.toHex().substring(0, 10))
        .contains(key.peerId().toShortString());
  }

  @Test
  void a_peer_id_is_64_hex_digits_and_sorts_unsigned() {
    PeerId low = PeerId.parse("7f" + "00".repeat(31));
    PeerId high = PeerId.parse("80" + "00".repeat(31));
    assertThat(low).isLessThan(high).hasToString("7f" + "00".repeat(31));
    assertThatThrownBy(() -> PeerId.parse("7f"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64");
    assertThatThrownBy(() -> PeerId.parse("zz" + "00".repeat(31)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PeerId.ofBytes(new byte[5]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package io.mosaik.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {

  /** The default-length outputs of the BLAKE3 team's test_vectors.json; input byte i is i % 251. */
  @ParameterizedTest
  @CsvSource({
    "0, af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    "1, 2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
    "1023, 10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
    "1024, 42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
    "1025, d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    "2048, e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a",
    "2049, 5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
    "3072, b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2",
    "3073, 7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3",
    "4096, 015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969",
    "4097, 9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995",
    "5121, 628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff",
    "7168, 61da957ec2499a95d6b8023e2b0e604ec7f6b50e80a9678b89d2628e99ada77a",
    "7169, a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817"
  })
  void blake3_gives_the_published_results(int length, String expected) {
    var input = new byte[length];
    for (int i = 0; i < length; i++) {
      input[i] = (byte) (i % 251);
    }
    assertThat(Digest.hash(input).toHex()).isEqualTo(expected);
  }

  @Test
  void derivation_is_the_hash_of_the_digest_and_the_part() {
    Digest base = Digest.ofName("base");
    byte[] part = {1, 2, 3};
    byte[] joined = Arrays.copyOf(base.toBytes(), 35);
    System.arraycopy(part, 0, joined, 32, 3);
    assertThat(base.derive(part)).isEqualTo(Digest.hash(joined));
    assertThat(base.derive("abc")).isNotEqualTo(base.derive("abd")).isNotEqualTo(base);
    assertThat(base.derive(base)).isEqualTo(base.derive(base.toBytes()));
  }

  @Test
  void a_name_of_64_hex_digits_is_the_digest_itself_and_any_other_is_hashed() {
    String hex = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
    assertThat(Digest.ofName(hex).toHex()).isEqualToIgnoringCase(hex);
    String almost = hex.substring(1);
    assertThat(Digest.ofName(almost).toHex()).isNotEqualTo(almost).hasSize(64);
    String noHex = "g" + almost;
    assertThat(Digest.ofName(noHex).toHex()).isNotEqualTo(noHex);
    assertThat(Digest.ofName("")).isEqualTo(Digest.hash(new byte[0]));
  }

  @Test
  void digests_sort_bytewise_unsigned() {
    Digest low = Digest.ofName("7f" + "ff".repeat(31));
    Digest high = Digest.ofName("80" + "00".repeat(31));
    assertThat(List.of(high, low).stream().sorted().toList()).containsExactly(low, high);
    assertThat(low).isEqualByComparingTo(Digest.ofBytes(low.toBytes()));
  }

  @Test
  void only_32_bytes_make_a_digest_and_they_can_not_be_changed_from_outside() {
    assertThatThrownBy(() -> Digest.ofBytes(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32");
    var bytes = new byte[32];
    Digest digest = Digest.ofBytes(bytes);
    bytes[0] = 1;
    digest.toBytes()[1] = 1;
    assertThat(digest.toHex()).isEqualTo("00".repeat(32));
    assertThat(digest.toShortString()).isEqualTo("0000000000");
  }

  @Test
  void kinds_of_the_same_name_share_a_digest_and_are_not_equal() {
    assertThat(Tag.of("x").digest()).isEqualTo(StreamId.of("x").digest());
    assertThat((Object) Tag.of("x")).isNotEqualTo(StreamId.of("x"));
    assertThat(Tag.of("x")).isEqualTo(Tag.of("x")).isNotEqualTo(Tag.of("y"));
    assertThat(Tag.of("x").toString())
        .isEqualTo(HexFormat.of().formatHex(Tag.of("x").digest().toBytes()));
  }
}

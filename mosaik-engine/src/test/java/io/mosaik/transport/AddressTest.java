package io.mosaik.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.SecretKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  private static final String PEER = SecretKey.of("a peer").peerId().toString();

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1:4000, 10.0.0.1, 4000",
    "node1.example.org:65535, node1.example.org, 65535",
    "[::1]:4000, ::1, 4000",
    "[fe80::1]:0, fe80::1, 0"
  })
  void an_address_reads_and_prints_alike(String text, String host, int port) {
    Address address = Address.parse(text);
    assertThat(address).isEqualTo(new Address(host, port)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "host",
        "host:",
        ":4000",
        "host:x",
        "host:65536",
        "host:-1",
        "::1:4000",
        "a b:1",
        "a@b:1",
        "a,b:1",
        "[]:1",
        "[[::1]]:1",
        "a]:1",
        "host:4000 ",
        "\thost:1",
        "host:99999999999"
      })
  void what_is_no_address_is_refused_with_what_is_wrong(String text) {
    assertThatThrownBy(() -> Address.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank();
  }

  @Test
  void addresses_sort_by_host_then_port() {
    var sorted = List.of("b:1", "a:10", "a:9").stream().map(Address::parse).sorted().toList();
    assertThat(sorted).map(Address::toString).containsExactly("a:9", "a:10", "b:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:1", "a:1,[::1]:2,10.0.0.1:3"})
  void a_peer_address_reads_and_prints_alike_with_and_without_a_peer(String candidates) {
    assertThat(PeerAddress.parse(candidates).peerId()).isNull();
    assertThat(PeerAddress.parse(candidates)).hasToString(candidates);
    String pinned = PEER + "@" + candidates;
    assertThat(PeerAddress.parse(pinned)).hasToString(pinned);
    assertThat(PeerAddress.parse(pinned).peerId()).hasToString(PEER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "@a:1", "abc@a:1", "a:1,", ",a:1", "a:1,,b:2"})
  void what_is_no_peer_address_is_refused(String text) {
    assertThatThrownBy(() -> PeerAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PeerAddress.parse(PEER + "@"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PeerAddress(null, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void close_reasons_are_the_same_by_their_code() {
    CloseReason detailed = CloseReason.PROTOCOL_VIOLATION.because("too long");
    assertThat(detailed.is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    assertThat(detailed.is(CloseReason.SUCCESS)).isFalse();
    assertThat(detailed).hasToString("protocol violation: too long (400)");
  }
}

package io.mosaik.discovery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnAddressesTest {

  private static final List<Address> BOUND = List.of(new Address("10.0.0.1", 4000));

  private final OwnAddresses addresses = new OwnAddresses();

  @Test
  void a_host_that_a_neighbour_sees_is_announced_with_the_port_that_is_listened_on() {
    addresses.observed(SecretKey.of("a").peerId(), "203.0.113.7");
    addresses.observed(SecretKey.of("b").peerId(), "2001:db8::7");

    assertThat(addresses.all(BOUND))
        .containsExactlyInAnyOrder(
            BOUND.getFirst(), new Address("203.0.113.7", 4000), new Address("2001:db8::7", 4000));
    assertThat(addresses.all(BOUND).getFirst()).isEqualTo(BOUND.getFirst());
  }

  @Test
  void what_others_could_not_dial_is_not_announced() {
    int i = 0;
    for (String host :
        List.of(
            "127.0.0.1",
            "::1",
            "::",
            "0.0.0.0",
            "169.254.1.1",
            "fe80::1",
            "FE80::1",
            "evil.example.org",
            "10.0.0.999",
            "",
            "1.2.3.4:5")) {
      addresses.observed(SecretKey.of("peer " + i++).peerId(), host);
    }

    assertThat(addresses.all(BOUND)).isEqualTo(BOUND);
  }

  @Test
  void a_neighbour_has_one_word_and_all_of_them_four() {
    addresses.observed(SecretKey.of("a").peerId(), "203.0.113.1");
    addresses.observed(SecretKey.of("a").peerId(), "203.0.113.2");
    assertThat(addresses.all(BOUND)).hasSize(2).contains(new Address("203.0.113.2", 4000));

    for (int i = 0; i < 20; i++) {
      addresses.observed(SecretKey.of("liar " + i).peerId(), "198.51.100." + i);
    }
    assertThat(addresses.all(BOUND)).hasSize(5);
  }

  @Test
  void the_word_of_a_neighbour_that_left_counts_no_more() {
    addresses.observed(SecretKey.of("a").peerId(), "203.0.113.1");
    addresses.forget(SecretKey.of("a").peerId());

    assertThat(addresses.all(BOUND)).isEqualTo(BOUND);
  }
}

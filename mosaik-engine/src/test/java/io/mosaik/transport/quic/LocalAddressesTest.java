package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.transport.Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("AddressSelection") // a literal address is one address
class LocalAddressesTest {

  @Test
  void a_bound_address_is_itself() throws Exception {
    var bound = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 4000);
    assertThat(LocalAddresses.of(bound, List.of())).containsExactly(new Address("127.0.0.1", 4000));
  }

  @Test
  void a_wildcard_stands_for_real_addresses() throws Exception {
    for (String wildcard : List.of("0.0.0.0", "::")) {
      var bound = new InetSocketAddress(InetAddress.getByName(wildcard), 4000);
      assertThat(LocalAddresses.of(bound, List.of()))
          .isNotEmpty()
          .doesNotContain(new Address(wildcard, 4000))
          .allSatisfy(a -> assertThat(a.port()).isEqualTo(4000))
          .allSatisfy(a -> assertThat(a.host()).doesNotContain("%"));
    }
  }

  @Test
  void advertised_addresses_come_first_and_port_0_is_the_bound_one() throws Exception {
    var bound = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 4000);
    assertThat(
            LocalAddresses.of(
                bound, List.of(new Address("example.org", 0), new Address("10.0.0.1", 9))))
        .containsExactly(
            new Address("example.org", 4000),
            new Address("10.0.0.1", 9),
            new Address("127.0.0.1", 4000));
  }
}

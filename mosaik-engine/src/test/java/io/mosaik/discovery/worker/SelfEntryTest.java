package io.mosaik.discovery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.transport.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfEntryTest {

  private static final long NOW = 1_000;
  private static final StreamId ORDERS = StreamId.of("orders");

  private final SelfEntry self =
      new SelfEntry(
          NetworkId.of("net"),
          SecretKey.of("self"),
          List.of(Tag.of("a")),
          List.of(new Address("10.0.0.1", 1)),
          NOW);

  @Test
  void a_change_makes_a_newer_version_even_when_the_clock_stands_or_goes_back() {
    self.addTags(List.of(Tag.of("b")));
    assertThat(self.signIfChanged(NOW)).isTrue();
    assertThat(version()).isEqualTo(new EntryVersion(NOW, NOW + 1));
    self.removeTags(List.of(Tag.of("a")));
    assertThat(self.signIfChanged(NOW - 500)).isTrue();
    assertThat(version()).isEqualTo(new EntryVersion(NOW, NOW + 2));
    self.advertise(ORDERS);
    assertThat(self.signIfChanged(NOW + 100)).isTrue();
    assertThat(version()).isEqualTo(new EntryVersion(NOW, NOW + 101));
    assertThat(self.signed().isAuthentic()).isTrue();
  }

  @Test
  void a_change_that_changes_nothing_signs_nothing() {
    self.addTags(List.of(Tag.of("a")));
    self.removeTags(List.of(Tag.of("c")));
    self.advertise(ORDERS);
    self.withdraw(ORDERS);

    assertThat(self.signIfChanged(NOW + 1)).isFalse();
    assertThat(version()).isEqualTo(new EntryVersion(NOW, NOW));
  }

  @Test
  void a_stream_advertised_twice_stays_until_both_take_it_back() {
    self.advertise(ORDERS);
    self.advertise(ORDERS);
    self.withdraw(ORDERS);
    assertThat(self.signIfChanged(NOW)).isTrue();
    assertThat(self.signed().entry().streams()).containsExactly(ORDERS);

    self.withdraw(ORDERS);
    assertThat(self.signIfChanged(NOW)).isTrue();
    assertThat(self.signed().entry().streams()).isEmpty();
  }

  @Test
  void an_earlier_life_with_a_clock_ahead_is_superseded() {
    var earlier = new EntryVersion(NOW + 5_000, NOW + 6_000);

    self.supersede(earlier, NOW + 1);

    assertThat(version()).isGreaterThan(earlier);
    assertThat(self.departure(NOW).version()).isGreaterThan(version());
  }

  private EntryVersion version() {
    return self.signed().entry().version();
  }
}

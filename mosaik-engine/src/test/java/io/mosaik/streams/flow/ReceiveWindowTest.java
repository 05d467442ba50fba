package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage.Accepted;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ReceiveWindowTest {

  private final ReceiveWindow window = new ReceiveWindow(8, 100);

  private static DatumBatch batch(long first, int count, int bytesEach) {
    var datums = new ArrayList<BinaryWriter>();
    for (int i = 0; i < count; i++) {
      datums.add(new BinaryWriter().raw(new byte[bytesEach]));
    }
    return DatumBatch.encode(first, datums).batch();
  }

  @Test
  void it_asks_for_the_whole_window_and_grants_as_the_application_takes() {
    assertThat(window.begin(0, 0)).isEqualTo(new Credit(8, 100));
    assertThat(window.accepted(new Accepted(1, 5))).isZero();
    assertThat(window.received(batch(5, 8, 1))).isZero();
    assertThat(window.regrant(1, 1)).isNull();
    assertThat(window.regrant(2, 2)).isEqualTo(new Credit(10, 102));
    assertThat(window.regrant(8, 8)).isEqualTo(new Credit(16, 108));
  }

  @Test
  void bytes_run_out_too() {
    window.begin(0, 0);
    window.accepted(new Accepted(1, 0));
    window.received(batch(0, 1, 99));
    window.received(batch(1, 1, 5_000));
    assertThatThrownBy(() -> window.received(batch(2, 1, 0)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("beyond the credit");
    assertThat(window.regrant(2, 5_099)).isEqualTo(new Credit(10, 5_199));
  }

  @Test
  void more_than_was_granted_is_malformed() {
    window.begin(0, 0);
    window.accepted(new Accepted(1, 0));
    assertThatThrownBy(() -> window.received(batch(0, 9, 1)))
        .isInstanceOf(MalformedException.class);
    window.received(batch(0, 8, 1));
    assertThatThrownBy(() -> window.received(batch(8, 1, 1)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void data_before_the_acceptance_and_a_second_acceptance_are_malformed() {
    window.begin(0, 0);
    assertThatThrownBy(() -> window.received(batch(0, 1, 1)))
        .isInstanceOf(MalformedException.class);
    window.accepted(new Accepted(1, 0));
    assertThatThrownBy(() -> window.accepted(new Accepted(1, 0)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void numbers_that_go_back_are_malformed_and_numbers_left_out_are_counted() {
    window.begin(0, 0);
    window.accepted(new Accepted(1, 0));
    assertThat(window.received(batch(0, 2, 1))).isZero();
    assertThat(window.received(batch(5, 1, 1))).isEqualTo(3);
    assertThatThrownBy(() -> window.received(batch(5, 1, 1)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void what_waits_from_an_earlier_link_counts_against_the_next_ones_window() {
    window.begin(0, 0);
    window.accepted(new Accepted(1, 0));
    window.received(batch(0, 6, 10));
    assertThat(window.begin(1, 10)).isEqualTo(new Credit(3, 50));
    window.accepted(new Accepted(1, 6));
    window.received(batch(6, 3, 1));
    assertThat(window.regrant(2, 20)).isNull();
    assertThat(window.regrant(3, 30)).isEqualTo(new Credit(5, 70));
    assertThat(window.waitingDatums(3)).isEqualTo(6);
  }

  @Test
  void a_gap_between_two_links_is_counted_and_unknown_if_the_producer_is_another() {
    window.begin(0, 0);
    window.accepted(new Accepted(1, 0));
    window.received(batch(0, 2, 1));
    window.begin(2, 2);
    assertThat(window.accepted(new Accepted(1, 10))).isEqualTo(8);
    window.begin(2, 2);
    assertThatThrownBy(() -> window.accepted(new Accepted(1, 9)))
        .isInstanceOf(MalformedException.class);
    window.begin(2, 2);
    assertThat(window.accepted(new Accepted(2, 3))).isEqualTo(ReceiveWindow.UNKNOWN);
  }
}

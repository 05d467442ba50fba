package io.mosaik.streams.flow;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectionsTest {

  private static final Credit PLENTY = new Credit(1_000_000, 1_000_000);
  private static final Criteria EVEN = where("even").is(true);
  private static final Criteria TENTH = where("tenth").is(true);

  private final AtomicLong incarnations = new AtomicLong();
  private final Selections selections = selections(FanOut.Overflow.DISCONNECT);

  private Selections selections(FanOut.Overflow overflow) {
    return new Selections(
        overflow, 10, 16_000, incarnations::incrementAndGet, Retention.NONE, datum -> datum);
  }

  /** What one subscriber was sent. */
  private static final class Sent implements FanOut.Output {

    private final List<Integer> datums = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private long unsent = -1;

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void send(Frame frame, int count, long bytes) {
      frames.add(frame);
      var batch = (DatumBatch) new StreamCodec().decode(frame.payload());
      for (int i = 0; i < count; i++) {
        datums.add(batch.datum(i).i32());
        numbers.add(batch.firstSequence() + i);
      }
    }

    @Override
    public void skipped(long more) {}

    @Override
    public void overflowed(long unsentDatums) {
      unsent = unsentDatums;
    }
  }

  private static Predicate<Object> multipleOf(int divisor) {
    return value -> (Integer) value % divisor == 0;
  }

  private static void append(Selections to, int from, int end) {
    to.append(
        IntStream.range(from, end)
            .mapToObj(i -> new Encoded(new BinaryWriter().i32(i), i, null))
            .toList());
  }

  private Selection add(Criteria criteria, Predicate<Object> matcher) {
    return Objects.requireNonNull(selections.add(criteria, matcher));
  }

  private Selection everything() {
    return Objects.requireNonNull(selections.find(null));
  }

  @Test
  void each_gets_what_it_wants_numbered_without_gaps() {
    var all = new Sent();
    var even = new Sent();
    everything().fanOut().subscribe(PLENTY, all);
    add(EVEN, multipleOf(2)).fanOut().subscribe(PLENTY, even);
    append(selections, 0, 5);
    append(selections, 5, 10);

    assertThat(all.datums).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(even.datums).containsExactly(0, 2, 4, 6, 8);
    assertThat(even.numbers).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void a_datum_is_asked_once_for_all_who_want_the_same_and_they_share_the_frame() {
    var asked = new AtomicInteger();
    var a = new Sent();
    var b = new Sent();
    Selection selection =
        add(
            EVEN,
            value -> {
              asked.incrementAndGet();
              return true;
            });
    assertThat(selections.add(where("even").is(true), value -> false)).isSameAs(selection);
    selection.fanOut().subscribe(PLENTY, a);
    selection.fanOut().subscribe(PLENTY, b);
    append(selections, 0, 7);

    assertThat(asked).hasValue(7);
    assertThat(b.frames).hasSize(1);
    assertThat(b.frames.get(0)).isSameAs(a.frames.get(0));
  }

  @Test
  void who_gets_nothing_is_sent_nothing_and_does_not_lag() {
    var none = new Sent();
    add(EVEN, value -> false).fanOut().subscribe(new Credit(0, 0), none);
    for (int i = 0; i < 100; i++) {
      append(selections, i, i + 1);
    }
    assertThat(none.frames).isEmpty();
    assertThat(none.unsent).isNegative();
    assertThat(selections.isDrained()).isTrue();
  }

  @Test
  void lag_counts_only_what_is_wanted() {
    var tenth = new Sent();
    add(TENTH, multipleOf(10)).fanOut().subscribe(new Credit(0, 0), tenth);
    append(selections, 1, 101);
    assertThat(tenth.unsent).isNegative();
    append(selections, 101, 111);
    assertThat(tenth.unsent).isEqualTo(11);
  }

  @Test
  void under_WAIT_the_room_is_that_of_the_slowest_of_all() {
    var waiting = selections(FanOut.Overflow.WAIT);
    var slow = Objects.requireNonNull(waiting.add(EVEN, multipleOf(2)));
    slow.fanOut().subscribe(new Credit(0, 0), new Sent());
    assertThat(waiting.roomDatums()).isEqualTo(10);
    append(waiting, 0, 10);
    assertThat(waiting.roomDatums()).isEqualTo(5);
    assertThat(waiting.isDrained()).isFalse();
  }

  @Test
  void it_tells_of_each_datum_to_how_many_it_was_handed() {
    append(selections, 0, 2);
    assertThat(selections.handed(0)).isZero();
    everything().fanOut().subscribe(PLENTY, new Sent());
    everything().fanOut().subscribe(PLENTY, new Sent());
    add(EVEN, multipleOf(2)).fanOut().subscribe(PLENTY, new Sent());
    append(selections, 0, 40);
    assertThat(selections.handed(0)).isEqualTo(3);
    assertThat(selections.handed(39)).isEqualTo(2);
  }

  @Test
  void criteria_that_throw_say_no() {
    var sent = new Sent();
    add(
            EVEN,
            value -> {
              throw new IllegalStateException("on purpose");
            })
        .fanOut()
        .subscribe(PLENTY, sent);
    append(selections, 0, 3);
    assertThat(sent.datums).isEmpty();
  }

  @Test
  void a_selection_counts_on_for_a_minute_after_its_last_subscriber() {
    Selection selection = add(EVEN, multipleOf(2));
    var cursor = selection.fanOut().subscribe(PLENTY, new Sent());
    append(selections, 0, 10);
    selection.fanOut().unsubscribe(cursor);
    selections.unsubscribed(selection, 1_000);
    append(selections, 10, 20);

    assertThat(selections.expire(1_000 + Selections.LINGER_NS - 1)).isTrue();
    assertThat(selections.find(EVEN)).isSameAs(selection);
    assertThat(selection.fanOut().nextSequence()).isEqualTo(10);
    assertThat(selections.expire(1_000 + Selections.LINGER_NS)).isFalse();
    assertThat(selections.find(EVEN)).isNull();
    assertThat(add(EVEN, multipleOf(2)).incarnation()).isNotEqualTo(selection.incarnation());
  }

  @Test
  void there_are_so_many_criteria_and_one_that_nobody_uses_makes_way() {
    var cursors = new ArrayList<FanOut.Cursor>();
    for (int i = 0; i < Selections.MAX_CRITERIA; i++) {
      cursors.add(add(where("a").is(i), value -> true).fanOut().subscribe(PLENTY, new Sent()));
    }
    assertThat(selections.add(where("a").is(-1), value -> true)).isNull();

    Objects.requireNonNull(selections.find(where("a").is(5))).fanOut().unsubscribe(cursors.get(5));
    assertThat(selections.add(where("a").is(-1), value -> true)).isNotNull();
    assertThat(selections.find(where("a").is(5))).isNull();
    assertThat(selections.size()).isEqualTo(Selections.MAX_CRITERIA);
  }
}

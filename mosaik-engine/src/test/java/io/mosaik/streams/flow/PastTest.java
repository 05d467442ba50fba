package io.mosaik.streams.flow;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.flow.FanOut.Overflow;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.From;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept for who comes late: how much, and what one gets who does. */
class PastTest {

  private static final Credit PLENTY = new Credit(1_000_000, 1_000_000);
  private static final Criteria EVEN = where("even").is(true);
  private static final long FOREVER = Long.MAX_VALUE;

  /** What one subscriber was sent: each datum is its own number, in 4 bytes. */
  private static final class Sent implements FanOut.Output {

    private final List<Integer> datums = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private long skipped;
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
    public void skipped(long more) {
      skipped += more;
    }

    @Override
    public void overflowed(long unsentDatums) {
      unsent = unsentDatums;
    }
  }

  private static FanOut keeping(Overflow overflow, long datums, long bytes, long ageNs) {
    return new FanOut(overflow, 10, 1_000_000, new Retention(datums, bytes, ageNs));
  }

  private static FanOut keeping(long datums) {
    return keeping(Overflow.DISCONNECT, datums, 1 << 20, FOREVER);
  }

  private static void append(FanOut fanOut, int count) {
    var datums = new ArrayList<BinaryWriter>();
    for (int i = 0; i < count; i++) {
      datums.add(new BinaryWriter().i32((int) fanOut.nextSequence() + i));
    }
    fanOut.append(DatumBatch.encode(fanOut.nextSequence(), datums));
  }

  private static Sent replay(FanOut fanOut, long from) {
    var sent = new Sent();
    fanOut.resume(fanOut.subscribe(from, PLENTY, sent));
    return sent;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void who_comes_late_gets_exactly_the_last_so_many_and_what_follows() {
    FanOut fanOut = keeping(5);
    append(fanOut, 3);
    append(fanOut, 4);
    append(fanOut, 1);
    assertThat(fanOut.earliest()).isEqualTo(3);

    Sent late = replay(fanOut, fanOut.earliest());
    append(fanOut, 2);
    assertThat(late.datums).isEqualTo(range(3, 10));
    assertThat(late.numbers).first().isEqualTo(3L);
    assertThat(fanOut.earliest()).isEqualTo(5);
  }

  @Test
  void the_last_one_of_many_is_kept_alone() {
    FanOut fanOut = keeping(1);
    append(fanOut, 7);
    assertThat(replay(fanOut, fanOut.earliest()).datums).containsExactly(6);
  }

  @Test
  void what_is_replayed_is_the_frame_that_the_others_got() {
    FanOut fanOut = keeping(5);
    var early = new Sent();
    fanOut.subscribe(PLENTY, early);
    append(fanOut, 3);
    assertThat(replay(fanOut, 0).frames.get(0)).isSameAs(early.frames.get(0));
  }

  @Test
  void bytes_are_bounded_with_what_it_takes_to_keep_them() {
    FanOut fanOut = keeping(Overflow.DISCONNECT, FOREVER, 10_000, FOREVER);
    for (int i = 0; i < 1_000; i++) {
      append(fanOut, 1);
      assertThat(fanOut.pastBytes()).isBetween(1L, 10_000L);
    }
    long each = Past.BATCH_OVERHEAD_BYTES + Past.DATUM_OVERHEAD_BYTES + 4 + 3 + 5;
    assertThat(fanOut.nextSequence() - fanOut.earliest())
        .isBetween(10_000 / each - 1, 10_000 / each);
  }

  @Test
  void a_datum_longer_than_the_bound_is_not_kept() {
    FanOut fanOut = keeping(Overflow.DISCONNECT, FOREVER, 300, FOREVER);
    fanOut.append(DatumBatch.encode(0, List.of(new BinaryWriter().raw(new byte[100]))));
    assertThat(fanOut.earliest()).isEqualTo(1);
    assertThat(fanOut.pastBytes()).isZero();
    assertThat(fanOut.keptBatches()).isZero();
  }

  @Test
  void what_gets_too_old_is_kept_no_more() {
    FanOut fanOut = keeping(Overflow.DISCONNECT, FOREVER, 1 << 20, 100);
    append(fanOut, 2);
    fanOut.tick(1_000);
    append(fanOut, 2);
    fanOut.tick(1_050);
    assertThat(fanOut.earliest()).isZero();
    fanOut.tick(1_099);
    assertThat(fanOut.earliest()).isZero();
    fanOut.tick(1_100);
    assertThat(fanOut.earliest()).isEqualTo(2);
    fanOut.tick(1_150);
    assertThat(fanOut.earliest()).isEqualTo(4);
    assertThat(fanOut.keptBatches()).isZero();
    append(fanOut, 1);
    assertThat(replay(fanOut, fanOut.earliest()).datums).containsExactly(4);
  }

  @Test
  void credit_paces_the_replay_within_batches_too() {
    FanOut fanOut = keeping(100);
    append(fanOut, 4);
    append(fanOut, 4);
    var sent = new Sent();
    var cursor = fanOut.subscribe(1, new Credit(2, 1_000), sent);
    assertThat(sent.datums).isEmpty();
    fanOut.resume(cursor);
    assertThat(sent.datums).isEqualTo(range(1, 3));
    assertThat(cursor.isReplayed()).isTrue();
    append(fanOut, 1);
    fanOut.credit(cursor, new Credit(7, 1_000));
    assertThat(sent.datums).isEqualTo(range(1, 8));
    assertThat(cursor.isReplayed()).isFalse();
    fanOut.credit(cursor, new Credit(20, 1_000));
    assertThat(sent.datums).isEqualTo(range(1, 9));
  }

  @Test
  void who_catches_up_may_be_as_far_behind_as_the_past_reaches_and_no_further() {
    FanOut fanOut = keeping(50);
    append(fanOut, 50);
    var slow = new Sent();
    var cursor = fanOut.subscribe(0, new Credit(2, 1_000), slow);
    fanOut.resume(cursor);
    append(fanOut, 2);
    assertThat(slow.unsent).isNegative();
    append(fanOut, 1);
    assertThat(slow.unsent).isEqualTo(51);
    assertThat(fanOut.size()).isZero();
  }

  @Test
  void who_has_caught_up_once_is_bounded_like_the_others() {
    FanOut fanOut = keeping(1_000);
    append(fanOut, 50);
    var sent = new Sent();
    fanOut.resume(fanOut.subscribe(0, new Credit(46, 1_000), sent));
    append(fanOut, 6);
    assertThat(sent.unsent).isNegative(); // 10 wait
    append(fanOut, 1);
    assertThat(sent.unsent).isEqualTo(11);
  }

  @Test
  void under_SKIP_OLDEST_who_catches_up_misses_what_the_past_loses() {
    FanOut fanOut = keeping(Overflow.SKIP_OLDEST, 50, 1 << 20, FOREVER);
    append(fanOut, 50);
    var slow = new Sent();
    var cursor = fanOut.subscribe(0, new Credit(2, 1_000), slow);
    fanOut.resume(cursor);
    append(fanOut, 5);
    assertThat(slow.skipped).isEqualTo(3);
    fanOut.credit(cursor, PLENTY);
    assertThat(slow.datums).startsWith(0, 1, 5).hasSize(52);
  }

  @Test
  void under_WAIT_senders_wait_for_who_catches_up_only_where_the_past_ends() {
    FanOut fanOut = keeping(Overflow.WAIT, 50, 1 << 20, FOREVER);
    append(fanOut, 40);
    var slow = new Sent();
    var cursor = fanOut.subscribe(0, new Credit(2, 1_000), slow);
    fanOut.resume(cursor);
    assertThat(fanOut.roomDatums()).isEqualTo(12);
    append(fanOut, 12);
    assertThat(fanOut.roomDatums()).isZero();
    assertThat(slow.unsent).isNegative();
    fanOut.credit(cursor, new Credit(49, 1_000));
    assertThat(fanOut.roomDatums()).isEqualTo(7);
    fanOut.credit(cursor, PLENTY);
    assertThat(slow.datums).isEqualTo(range(0, 52));
  }

  @Test
  void under_WAIT_who_waits_loses_nothing_that_gets_too_old() {
    FanOut fanOut = keeping(Overflow.WAIT, FOREVER, 1 << 20, 100);
    append(fanOut, 30);
    fanOut.tick(0);
    var slow = new Sent();
    var cursor = fanOut.subscribe(0, new Credit(1, 1_000), slow);
    fanOut.resume(cursor);
    fanOut.tick(500);
    assertThat(fanOut.earliest()).isEqualTo(30);
    fanOut.credit(cursor, PLENTY);
    assertThat(slow.datums).isEqualTo(range(0, 30));
    assertThat(fanOut.keptBatches()).isZero();
  }

  @Test
  void what_is_neither_kept_nor_there_yet_can_not_be_asked_for() {
    FanOut fanOut = keeping(2);
    append(fanOut, 5);
    assertThatThrownBy(() -> fanOut.subscribe(2, PLENTY, new Sent()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fanOut.subscribe(6, PLENTY, new Sent()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- of selections ----

  private static Selections selections(long datums) {
    return new Selections(
        Overflow.DISCONNECT,
        10,
        1_000_000,
        () -> 77L << 24 | 5,
        new Retention(datums, 1 << 20, FOREVER),
        datum -> {
          int value = datum.i32();
          if (value == 13) {
            throw new MalformedException("on purpose");
          }
          return value;
        });
  }

  private static void append(Selections to, int from, int end) {
    to.append(
        IntStream.range(from, end)
            .mapToObj(i -> new Encoded(new BinaryWriter().i32(i), i, null))
            .toList());
  }

  private static Selection even(Selections of) {
    return Objects.requireNonNull(of.add(EVEN, value -> (Integer) value % 2 == 0));
  }

  private static int fill(Selections of, Selection selection) {
    int turns = 0;
    while (!of.fill(selection)) {
      turns++;
    }
    return turns;
  }

  @Test
  void a_selection_begins_with_what_is_in_it_of_the_whole_past() {
    Selections selections = selections(9);
    append(selections, 0, 5);
    append(selections, 5, 10);
    Selection even = even(selections);
    assertThat(selections.fill(even)).isFalse();
    append(selections, 10, 12); // the past goes on meanwhile: 3 to 11
    assertThat(fill(selections, even)).isEqualTo(2);

    Sent late = replay(even.fanOut(), even.fanOut().earliest());
    append(selections, 12, 17);
    assertThat(late.datums).startsWith(2, 4, 6, 8, 10, 12).endsWith(14, 16);
    assertThat(late.numbers).isEqualTo(IntStream.range(0, 8).mapToObj(i -> (long) i).toList());
  }

  @Test
  void a_datum_that_can_not_be_read_again_is_in_no_selection() {
    Selections selections = selections(100);
    append(selections, 12, 15);
    Selection all = Objects.requireNonNull(selections.add(EVEN, value -> true));
    fill(selections, all);
    assertThat(replay(all.fanOut(), 0).datums).containsExactly(12, 14);
  }

  @Test
  void a_selection_that_is_filled_is_not_given_up() {
    Selections selections = selections(100);
    append(selections, 0, 5);
    Selection even = even(selections);
    assertThat(selections.expire(FOREVER)).isTrue();
    assertThat(selections.find(EVEN)).isSameAs(even);
    fill(selections, even);
    assertThat(selections.expire(FOREVER)).isFalse();
    assertThat(selections.find(EVEN)).isNull();
  }

  @Test
  void a_position_is_of_its_numbering_of_another_run_or_of_one_that_was_given_up() {
    Selections selections = selections(5);
    Selection all = Objects.requireNonNull(selections.find(null));
    append(selections, 0, 8);
    assertThat(selections.begin(all, From.NOW)).isEqualTo(8);
    assertThat(selections.begin(all, From.EARLIEST)).isEqualTo(3);
    long here = all.incarnation();
    assertThat(selections.begin(all, new From.Position(here, 6))).isEqualTo(6);
    assertThat(selections.begin(all, new From.Position(here, 8))).isEqualTo(8);
    assertThat(selections.begin(all, new From.Position(here, 1))).isEqualTo(3);
    assertThatThrownBy(() -> selections.begin(all, new From.Position(here, 9)))
        .isInstanceOf(MalformedException.class);
    assertThat(selections.begin(all, new From.Position(here + 1, 6))).isEqualTo(8);
    assertThat(selections.begin(all, new From.Position(78L << 24, 6))).isEqualTo(3);
  }

  @Test
  void nothing_is_held_once_the_past_is_forgotten() {
    Selections selections = selections(100);
    append(selections, 0, 5);
    Selection even = even(selections);
    fill(selections, even);
    assertThat(selections.keptBytes()).isPositive();
    assertThat(selections.isDrained()).isTrue();
    selections.forgetPast();
    assertThat(selections.keptBytes()).isZero();
    assertThat(selections.pastBytes()).isZero();
    assertThat(selections.pastDatums()).isZero();
  }
}

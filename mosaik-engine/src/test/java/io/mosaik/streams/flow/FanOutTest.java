package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.mosaik.streams.flow.FanOut.Overflow;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FanOutTest {

  private static final Credit PLENTY = new Credit(1_000_000, 1_000_000);
  private static final int BATCHES = 2_000;
  private static final int IN_A_BATCH = 50;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What one subscriber was sent: each datum is its own sequence number, in 4 bytes. */
  private static final class Sent implements FanOut.Output {

    private final List<Integer> datums = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private boolean writable = true;
    private long bytes;
    private long skipped;
    private long unsent = -1;

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public void send(Frame frame, int count, long moreBytes) {
      frames.add(frame);
      bytes += moreBytes;
      var batch = (DatumBatch) new StreamCodec().decode(frame.payload());
      assertThat(batch.count()).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        int datum = batch.datum(i).i32();
        assertThat(datum).isEqualTo((int) batch.firstSequence() + i);
        datums.add(datum);
      }
    }

    @Override
    public void skipped(long more) {
      skipped += more;
    }

    @Override
    public void overflowed(long unsentDatums) {
      assertThat(unsent).isNegative();
      unsent = unsentDatums;
    }
  }

  /** Takes everything and keeps nothing. */
  private static final class Counting implements FanOut.Output {

    private long datums;

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void send(Frame frame, int count, long moreBytes) {
      datums += count;
    }

    @Override
    public void skipped(long more) {
      throw new AssertionError("skipped");
    }

    @Override
    public void overflowed(long unsentDatums) {
      throw new AssertionError("overflowed");
    }
  }

  private static void append(FanOut fanOut, int count) {
    var datums = new ArrayList<BinaryWriter>();
    for (int i = 0; i < count; i++) {
      datums.add(new BinaryWriter().i32((int) fanOut.nextSequence() + i));
    }
    fanOut.append(DatumBatch.encode(fanOut.nextSequence(), datums));
  }

  private static List<Integer> range(int from, int to) {
    var all = new ArrayList<Integer>();
    for (int i = from; i < to; i++) {
      all.add(i);
    }
    return all;
  }

  @Test
  void subscribers_at_the_same_point_share_one_frame() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 1_000);
    var a = new Sent();
    var b = new Sent();
    fanOut.subscribe(PLENTY, a);
    fanOut.subscribe(PLENTY, b);
    append(fanOut, 3);

    assertThat(a.frames).hasSize(1);
    assertThat(b.frames.get(0)).isSameAs(a.frames.get(0));
    assertThat(a.datums).isEqualTo(range(0, 3));
    assertThat(a.bytes).isEqualTo(12);
    assertThat(fanOut.keptBatches()).isZero();
  }

  /** To hand a batch on costs the same for one subscriber and for eight. */
  @Test
  void nothing_is_allocated_for_a_datum_and_a_subscriber() {
    long one = allocatedBytes(1);
    long eight = allocatedBytes(8);
    assertThat(eight - one)
        .as("bytes for %,d batches of %d datums and seven subscribers more", BATCHES, IN_A_BATCH)
        .isLessThan(BATCHES);
  }

  private static long allocatedBytes(int subscribers) {
    var fanOut = new FanOut(Overflow.DISCONNECT, 1_000, 100_000);
    var counting = new Counting();
    for (int i = 0; i < subscribers; i++) {
      fanOut.subscribe(PLENTY, counting);
    }
    var datums = new ArrayList<BinaryWriter>();
    for (int i = 0; i < IN_A_BATCH; i++) {
      datums.add(new BinaryWriter().i64(i));
    }
    var batches = new ArrayList<DatumBatch.Outgoing>();
    for (int i = 0; i < BATCHES; i++) {
      batches.add(DatumBatch.encode((long) i * IN_A_BATCH, datums));
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (DatumBatch.Outgoing batch : batches) {
      fanOut.append(batch);
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(counting.datums).isEqualTo((long) BATCHES * IN_A_BATCH * subscribers);
    return allocated;
  }

  @Test
  void credit_ends_within_a_batch_and_the_rest_follows_with_more_credit() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 1_000);
    var sent = new Sent();
    var cursor = fanOut.subscribe(new Credit(4, 1_000), sent);
    append(fanOut, 3);
    append(fanOut, 3);
    assertThat(sent.datums).isEqualTo(range(0, 4));
    assertThat(fanOut.keptBatches()).isOne();

    fanOut.credit(cursor, new Credit(5, 1_000));
    assertThat(sent.datums).isEqualTo(range(0, 5));
    fanOut.credit(cursor, new Credit(20, 1_000));
    assertThat(sent.datums).isEqualTo(range(0, 6));
    assertThat(fanOut.keptBatches()).isZero();
  }

  @Test
  void a_datum_may_exceed_the_bytes_but_none_follows_it() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 1_000);
    var sent = new Sent();
    var cursor = fanOut.subscribe(new Credit(100, 5), sent);
    append(fanOut, 4);
    assertThat(sent.datums).isEqualTo(range(0, 2));
    fanOut.credit(cursor, new Credit(100, 9));
    assertThat(sent.datums).isEqualTo(range(0, 3));
  }

  @Test
  void a_link_that_takes_no_more_is_not_written_to_until_it_does() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 1_000);
    var sent = new Sent();
    var cursor = fanOut.subscribe(PLENTY, sent);
    sent.writable = false;
    append(fanOut, 2);
    assertThat(sent.datums).isEmpty();
    sent.writable = true;
    fanOut.resume(cursor);
    assertThat(sent.datums).isEqualTo(range(0, 2));
  }

  @Test
  void who_lags_more_than_the_bound_is_given_up_and_the_others_go_on() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 1_000);
    var slow = new Sent();
    var quick = new Sent();
    fanOut.subscribe(new Credit(2, 1_000), slow);
    fanOut.subscribe(PLENTY, quick);
    for (int i = 0; i < 12; i++) {
      append(fanOut, 1);
    }
    assertThat(slow.unsent).isNegative();
    append(fanOut, 1);

    assertThat(slow.unsent).isEqualTo(11);
    assertThat(slow.datums).isEqualTo(range(0, 2));
    assertThat(fanOut.size()).isOne();
    assertThat(fanOut.keptBatches()).isZero();
    append(fanOut, 1);
    assertThat(quick.datums).isEqualTo(range(0, 14));
  }

  @Test
  void the_bound_counts_bytes_too_but_one_datum_may_always_wait() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 3);
    var slow = new Sent();
    fanOut.subscribe(new Credit(0, 0), slow);
    append(fanOut, 1);
    assertThat(slow.unsent).isNegative();
    append(fanOut, 1);
    assertThat(slow.unsent).isEqualTo(2);
  }

  @Test
  void under_WAIT_there_is_as_much_room_as_the_slowest_has() {
    var fanOut = new FanOut(Overflow.WAIT, 10, 1_000);
    assertThat(fanOut.roomDatums()).isEqualTo(Integer.MAX_VALUE);
    var slow = new Sent();
    var cursor = fanOut.subscribe(new Credit(2, 1_000), slow);
    fanOut.subscribe(PLENTY, new Sent());
    assertThat(fanOut.roomDatums()).isEqualTo(10);
    append(fanOut, 10);
    assertThat(fanOut.roomDatums()).isEqualTo(2);
    append(fanOut, 2);
    assertThat(fanOut.roomDatums()).isZero();
    fanOut.credit(cursor, new Credit(7, 1_000));
    assertThat(fanOut.roomDatums()).isEqualTo(5);
    fanOut.unsubscribe(cursor);
    assertThat(fanOut.roomDatums()).isEqualTo(10);
  }

  @Test
  void under_SKIP_OLDEST_the_newest_remain_and_the_gap_shows_in_the_numbers() {
    var fanOut = new FanOut(Overflow.SKIP_OLDEST, 4, 1_000);
    var slow = new Sent();
    var cursor = fanOut.subscribe(new Credit(1, 1_000), slow);
    for (int i = 0; i < 5; i++) {
      append(fanOut, 2);
    }
    assertThat(slow.skipped).isEqualTo(5);
    assertThat(fanOut.keptBatches()).isEqualTo(2);
    fanOut.credit(cursor, PLENTY);
    assertThat(slow.datums).containsExactly(0, 6, 7, 8, 9);
  }

  @Test
  void what_is_kept_stays_bounded_however_long_it_goes_on() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 100, 10_000);
    var sent = new Sent();
    var cursor = fanOut.subscribe(new Credit(50, 1_000_000), sent);
    for (int i = 1; i <= 5_000; i++) {
      append(fanOut, 1);
      if (i % 50 == 0) {
        fanOut.credit(cursor, new Credit(50 + i, 1_000_000));
      }
      assertThat(fanOut.keptBatches()).isLessThanOrEqualTo(100);
    }
    assertThat(sent.datums).isEqualTo(range(0, 5_000));
  }

  @Test
  void credit_that_goes_back_or_too_far_is_malformed() {
    var fanOut = new FanOut(Overflow.DISCONNECT, 10, 1_000);
    var cursor = fanOut.subscribe(new Credit(5, 5), new Sent());
    assertThatThrownBy(() -> fanOut.credit(cursor, new Credit(4, 5)))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> fanOut.credit(cursor, new Credit(5, 4)))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> fanOut.credit(cursor, new Credit(Long.MAX_VALUE, 5)))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> fanOut.credit(cursor, new Credit(5, Long.MAX_VALUE)))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(
            () -> fanOut.subscribe(new Credit(Credit.MAX_AHEAD_DATUMS + 1, 1), new Sent()))
        .isInstanceOf(MalformedException.class);
  }
}

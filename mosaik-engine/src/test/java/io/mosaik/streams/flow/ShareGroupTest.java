package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShareGroupTest {

  private static final long PLENTY_BYTES = 1 << 20;

  private final List<Object> lost = new ArrayList<>();

  private ShareGroup group(FanOut.Overflow overflow, int waiting, long bytes) {
    return new ShareGroup(overflow, waiting, bytes, datum -> lost.add(datum.value()));
  }

  private ShareGroup group() {
    return group(FanOut.Overflow.WAIT, 10, PLENTY_BYTES);
  }

  /** What one member was sent. */
  private static final class Sent implements FanOut.Output {

    private final ShareGroup group;
    private final List<Integer> datums = new ArrayList<>();
    private boolean writable = true;
    private long allowed = Long.MAX_VALUE;
    private int heldBack;
    private int frames;
    private long unsent = -1;
    private @Nullable ShareMember member;

    Sent(ShareGroup group) {
      this.group = group;
    }

    Sent join(int credit) {
      return join(credit, null);
    }

    Sent join(int credit, @Nullable Criteria criteria) {
      member =
          group.join(
              criteria,
              value -> criteria == null || (Integer) value % 2 == 0,
              new Credit(credit, PLENTY_BYTES),
              this);
      return this;
    }

    ShareMember member() {
      return Objects.requireNonNull(member);
    }

    void taken(int count) {
      group.taken(member(), count);
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public long allowedDatums() {
      return allowed;
    }

    @Override
    public void heldBack() {
      heldBack++;
    }

    @Override
    public void send(Frame frame, int count, long bytes) {
      frames++;
      var batch = (DatumBatch) new StreamCodec().decode(frame.payload());
      assertThat(batch.firstSequence()).isEqualTo(datums.size());
      for (int i = 0; i < count; i++) {
        datums.add(batch.datum(i).i32());
      }
    }

    @Override
    public void skipped(long more) {
      throw new AssertionError("nobody skips for a member alone");
    }

    @Override
    public void overflowed(long unsentDatums) {
      unsent = unsentDatums;
    }
  }

  private static int[] append(ShareGroup group, int from, int end) {
    var datums = new ArrayList<Encoded>();
    for (int i = from; i < end; i++) {
      datums.add(new Encoded(new BinaryWriter().i32(i), i, null));
    }
    var handed = new int[end - from];
    group.append(datums, handed);
    return handed;
  }

  @Test
  void equal_members_take_turns_and_what_one_gets_at_once_is_one_frame() {
    var group = group();
    var a = new Sent(group).join(100);
    var b = new Sent(group).join(100);
    assertThat(append(group, 0, 6)).containsOnly(1);
    assertThat(a.datums).containsExactly(0, 2, 4);
    assertThat(b.datums).containsExactly(1, 3, 5);
    assertThat(a.frames).isOne();
  }

  @Test
  void who_takes_less_gets_less() {
    var group = group();
    var quick = new Sent(group).join(100);
    var slow = new Sent(group).join(100);
    append(group, 0, 4);
    quick.taken(2);
    append(group, 4, 6);
    assertThat(quick.datums).containsExactly(0, 2, 4, 5);
    assertThat(slow.datums).containsExactly(1, 3);
    assertThat(group.outstanding()).isEqualTo(4);
  }

  @Test
  void who_has_no_room_gets_nothing_and_who_has_gets_all() {
    var group = group();
    var full = new Sent(group).join(1);
    var stuck = new Sent(group).join(100);
    stuck.writable = false;
    var free = new Sent(group).join(100);
    append(group, 0, 6);
    assertThat(full.datums).containsExactly(0);
    assertThat(stuck.datums).isEmpty();
    assertThat(free.datums).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void what_a_member_has_not_taken_goes_to_the_others_before_what_is_new() {
    var group = group();
    var dies = new Sent(group).join(4);
    append(group, 0, 6);
    var other = new Sent(group).join(3);
    dies.taken(1);
    group.leave(dies.member());
    assertThat(other.datums).containsExactly(4, 5, 1);
    group.credit(other.member(), new Credit(100, PLENTY_BYTES));
    append(group, 6, 8);
    assertThat(other.datums).containsExactly(4, 5, 1, 2, 3, 6, 7);
    assertThat(group.handedOver()).isEqualTo(3);
    other.taken(7);
    assertThat(group.keptBytes()).isZero();
  }

  @Test
  void what_the_last_member_had_is_kept_for_who_comes_back_and_given_up_in_time() {
    var groups = new ShareGroups(FanOut.Overflow.WAIT, 10, 4 * PLENTY_BYTES);
    groups.onLoss(datum -> lost.add(datum.value()));
    ShareGroup group = Objects.requireNonNull(groups.find("a"));
    var dies = new Sent(group).join(2);
    append(group, 0, 4);
    group.leave(dies.member());
    groups.left("a", 0);
    assertThat(append(group, 4, 6)).as("nobody is there").containsOnly(0);
    assertThat(group.roomDatums()).isEqualTo(Integer.MAX_VALUE);

    var back = new Sent(group).join(3);
    assertThat(back.datums).containsExactly(0, 1, 2);
    group.leave(back.member());
    groups.left("a", 1);
    assertThat(groups.expire(ShareGroups.LINGER_NS)).isTrue();
    assertThat(groups.expire(ShareGroups.LINGER_NS + 1)).isFalse();
    assertThat(lost).containsExactly(0, 1, 2, 3);
    assertThat(groups.size()).isZero();
  }

  @Test
  void a_datum_goes_to_a_member_that_wants_it_and_passes_those_whose_takers_are_busy() {
    var group = group();
    var even = new Sent(group).join(1, Criteria.where("even").is(true));
    assertThat(append(group, 0, 5)).containsExactly(1, 0, 1, 0, 1);
    var all = new Sent(group).join(0);
    append(group, 5, 7);
    group.credit(all.member(), new Credit(2, PLENTY_BYTES));
    assertThat(all.datums).containsExactly(2, 4);
    group.leave(all.member());
    assertThat(lost).as("5 has nobody left").containsExactly(5);
    group.credit(even.member(), new Credit(100, PLENTY_BYTES));
    assertThat(even.datums).containsExactly(0, 2, 4, 6);
  }

  @Test
  void under_WAIT_there_is_room_for_what_may_wait() {
    var group = group();
    assertThat(group.roomDatums()).isEqualTo(Integer.MAX_VALUE);
    var a = new Sent(group).join(2);
    append(group, 0, 2);
    assertThat(group.roomDatums()).isEqualTo(10);
    append(group, 2, 12);
    assertThat(group.roomDatums()).isZero();
    group.credit(a.member(), new Credit(5, PLENTY_BYTES));
    assertThat(group.roomDatums()).isEqualTo(3);
    group.leave(a.member());
    var b = new Sent(group).join(0);
    assertThat(group.roomDatums()).as("what comes back doesn't count").isEqualTo(3);
    group.credit(b.member(), new Credit(100, PLENTY_BYTES));
    assertThat(b.datums).hasSize(12);
  }

  @Test
  void under_SKIP_OLDEST_the_oldest_that_nobody_had_are_lost() {
    var group = group(FanOut.Overflow.SKIP_OLDEST, 4, PLENTY_BYTES);
    var a = new Sent(group).join(2);
    append(group, 0, 8);
    assertThat(lost).containsExactly(2, 3);
    group.leave(a.member());
    var b = new Sent(group).join(0);
    append(group, 8, 9);
    assertThat(lost).containsExactly(2, 3, 4);
    group.credit(b.member(), new Credit(100, PLENTY_BYTES));
    assertThat(b.datums).containsExactly(0, 1, 5, 6, 7, 8);
  }

  @Test
  void under_DISCONNECT_a_group_that_is_too_slow_is_given_up_and_keeps_what_it_had() {
    var group = group(FanOut.Overflow.DISCONNECT, 4, PLENTY_BYTES);
    var a = new Sent(group).join(1);
    var b = new Sent(group).join(1);
    append(group, 0, 6);
    assertThat(a.unsent).isNegative();
    append(group, 6, 7);
    assertThat(a.unsent).isEqualTo(5);
    assertThat(b.unsent).isEqualTo(5);
    assertThat(lost).containsExactly(2, 3, 4, 5, 6);
    assertThat(group.size()).isZero();
    var back = new Sent(group).join(5);
    assertThat(back.datums).containsExactly(0, 1);
  }

  @Test
  void what_is_kept_is_bounded_in_bytes_however_much_credit_members_give() {
    long each = 4 + WaitingDatums.OVERHEAD_BYTES;
    var group = group(FanOut.Overflow.WAIT, 1_000, 20 * each);
    var hoarder = new Sent(group).join(1 << 20);
    append(group, 0, 20);
    assertThat(hoarder.datums).hasSize(10);
    assertThat(group.roomDatums()).isZero();
    assertThat(group.keptBytes()).isEqualTo(20 * each);
    hoarder.taken(3);
    assertThat(hoarder.datums).hasSize(13);
  }

  @Test
  void what_may_not_leave_yet_is_waited_for() {
    var group = group();
    var paced = new Sent(group);
    paced.allowed = 0;
    paced.join(100);
    append(group, 0, 2);
    assertThat(paced.datums).isEmpty();
    assertThat(paced.heldBack).isPositive();
    paced.allowed = 10;
    group.resume(paced.member());
    assertThat(paced.datums).containsExactly(0, 1);
  }

  @Test
  void a_closed_group_hands_nothing_over() {
    var group = group();
    var a = new Sent(group).join(2);
    var b = new Sent(group).join(1);
    append(group, 0, 5);
    group.close();
    assertThat(lost).containsExactly(3, 4);
    group.leave(a.member());
    group.credit(b.member(), new Credit(100, PLENTY_BYTES));
    assertThat(b.datums).hasSize(1);
    group.leave(b.member());
    assertThat(group.keptBytes()).isZero();
    assertThat(lost).hasSize(2);
  }

  @Test
  void taking_back_or_taking_what_was_not_sent_is_malformed() {
    var group = group();
    var a = new Sent(group).join(10);
    append(group, 0, 3);
    a.taken(2);
    assertThatThrownBy(() -> a.taken(1)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> a.taken(4)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> group.credit(a.member(), new Credit(9, PLENTY_BYTES)))
        .isInstanceOf(MalformedException.class);
  }
}

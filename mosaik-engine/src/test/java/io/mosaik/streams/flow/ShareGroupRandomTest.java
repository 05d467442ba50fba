package io.mosaik.streams.flow;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random members join, grant, take, stall, leave and die, under every rule for slow ones; what
 * their applications work off is compared with what was accepted.
 */
class ShareGroupRandomTest {

  private static final int SEEDS = 100;
  private static final int STEPS = 300;
  private static final int MAX_WAITING = 20;
  private static final long MAX_BYTES = 1 << 20;

  @ParameterizedTest
  @EnumSource
  void each_datum_is_worked_off_by_one_member_and_twice_only_where_an_answer_was_lost(
      FanOut.Overflow overflow) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var run = new Run(overflow, seed);
      for (int step = 0; step < STEPS; step++) {
        run.step();
        run.check();
        if (step % 10 == 0) {
          run.checkThatNobodyWaitsForNothing();
        }
      }
      run.end();
    }
  }

  /** One run. A datum is the number of its append, which is its value too. */
  private static final class Run {

    private final FanOut.Overflow overflow;
    private final int seed;
    private final SplittableRandom random;
    private final List<Integer> lost = new ArrayList<>();
    private final ShareGroup group;
    private final List<Consumer> members = new ArrayList<>();
    private final Set<Integer> accepted = new TreeSet<>();
    private final Set<Integer> workedOff = new TreeSet<>();

    /** Taken, but the producer never heard of it. */
    private final Set<Integer> unanswered = new TreeSet<>();

    /** Taken, and the producer heard of it. */
    private final Set<Integer> answered = new TreeSet<>();

    private final Set<Integer> handedBack = new TreeSet<>();
    private int appended;

    Run(FanOut.Overflow overflow, int seed) {
      this.overflow = overflow;
      this.seed = seed;
      random = new SplittableRandom(seed);
      group =
          new ShareGroup(
              overflow, MAX_WAITING, MAX_BYTES, datum -> lost.add((Integer) datum.value()));
    }

    void step() {
      switch (random.nextInt(8)) {
        case 0 -> join();
        case 1 -> {
          if (!members.isEmpty() && random.nextInt(3) == 0) {
            leave(any(), random.nextBoolean());
          }
        }
        case 2 -> {
          if (!members.isEmpty()) {
            any().grant(random.nextInt(20));
          }
        }
        case 3 -> {
          if (!members.isEmpty()) {
            any().turn();
          }
        }
        case 4, 5 -> {
          if (!members.isEmpty()) {
            any().work(random.nextInt(10), random.nextInt(4) > 0);
          }
        }
        default -> append(random.nextInt(1, 12));
      }
    }

    private Consumer any() {
      return members.get(random.nextInt(members.size()));
    }

    private void join() {
      if (members.size() < 5) {
        members.add(new Consumer(this, random.nextInt(3), random.nextInt(20)));
      }
    }

    /** In order it says what it took before, and its own side hands nothing out after that. */
    private void leave(Consumer member, boolean inOrder) {
      members.remove(member);
      if (inOrder) {
        member.answer();
      }
      unanswered.addAll(member.unanswered);
      handedBack.addAll(member.inbox);
      handedBack.addAll(member.unanswered);
      group.leave(Objects.requireNonNull(member.member));
    }

    private void append(int most) {
      int count = Math.min(most, group.roomDatums());
      if (count == 0) {
        return;
      }
      var datums = new ArrayList<Encoded>();
      for (int i = 0; i < count; i++) {
        datums.add(new Encoded(new BinaryWriter().i32(appended), appended, null));
        int value = appended++;
        if (members.stream().anyMatch(member -> member.wants(value))) {
          accepted.add(value);
        }
      }
      var handed = new int[count];
      group.append(datums, handed);
      for (int i = 0; i < count; i++) {
        int value = (Integer) datums.get(i).value();
        assertThat(handed[i]).isEqualTo(accepted.contains(value) ? 1 : 0);
      }
      for (Consumer member : List.copyOf(members)) {
        if (member.unsent != null) {
          members.remove(member);
          unanswered.addAll(member.unanswered);
          handedBack.addAll(member.inbox);
          handedBack.addAll(member.unanswered);
        }
      }
    }

    void check() {
      assertThat(group.size()).isEqualTo(members.size());
      int held = members.stream().mapToInt(m -> m.inbox.size() + m.unanswered.size()).sum();
      assertThat(group.outstanding()).as("seed %d", seed).isEqualTo(held);
      assertThat(group.keptBytes())
          .isEqualTo((4L + WaitingDatums.OVERHEAD_BYTES) * (held + group.waiting()));
      if (overflow == FanOut.Overflow.WAIT && !members.isEmpty()) {
        assertThat(group.roomDatums()).isLessThanOrEqualTo(MAX_WAITING);
      }
    }

    /** No datum waits while a member has room that wants it. */
    void checkThatNobodyWaitsForNothing() {
      if (group.waiting() == 0) {
        return;
      }
      var waiting = new TreeSet<>(accepted);
      waiting.removeAll(new TreeSet<>(lost));
      waiting.removeAll(answered);
      for (Consumer member : members) {
        waiting.removeAll(new TreeSet<>(member.inbox));
        waiting.removeAll(new TreeSet<>(member.unanswered));
      }
      assertThat(waiting).hasSize(group.waiting());
      for (Consumer member : members) {
        if (member.writable && member.nextNumber < member.granted) {
          assertThat(waiting).as("seed %d", seed).noneMatch(member::wants);
        }
      }
    }

    /** One member that wants everything comes, and takes all there is. */
    void end() {
      var last = new Consumer(this, 0, 1 << 20);
      members.add(last);
      for (Consumer member : List.copyOf(members)) {
        if (member != last) {
          leave(member, true);
        }
      }
      last.work(1 << 20, true);
      assertThat(group.outstanding() + group.waiting()).isZero();
      assertThat(group.keptBytes()).isZero();
      var seen = new TreeSet<>(workedOff);
      assertThat(seen).as("never accepted, seed %d", seed).isSubsetOf(accepted);
      seen.addAll(lost);
      assertThat(seen).as("accepted, seed %d", seed).isEqualTo(accepted);
      assertThat(lost).doesNotHaveDuplicates();
      assertThat(group.lost()).isEqualTo(lost.size());
      for (int value : lost) {
        assertThat(!workedOff.contains(value) || unanswered.contains(value)).isTrue();
      }
    }

    /** Each member gets datums in order, but for those that another had before. */
    void got(Consumer by, int value) {
      if (!handedBack.contains(value)) {
        if (value <= by.last) {
          throw new AssertionError(value + " after " + by.last + ", seed " + seed);
        }
        by.last = value;
      }
    }
  }

  /** One member: what it has, what its application took, and what the producer knows of that. */
  private static final class Consumer implements FanOut.Output {

    private final Run run;
    private final int divisor;
    private final ArrayDeque<Integer> inbox = new ArrayDeque<>();
    private final List<Integer> unanswered = new ArrayList<>();
    private final @Nullable ShareMember member;
    private boolean writable = true;
    private long nextNumber;
    private long granted;
    private long taken;
    private int last = -1;
    private @Nullable Long unsent;

    Consumer(Run run, int kind, int credit) {
      this.run = run;
      this.divisor = kind + 1;
      granted = credit;
      Criteria criteria = kind == 0 ? null : where("number").is(kind);
      member =
          run.group.join(
              criteria, value -> (Integer) value % divisor == 0, new Credit(credit, 1 << 30), this);
    }

    boolean wants(int value) {
      return value % divisor == 0;
    }

    void grant(int more) {
      granted += more;
      run.group.credit(Objects.requireNonNull(member), new Credit(granted, 1 << 30));
    }

    void turn() {
      writable = !writable;
      if (writable) {
        run.group.resume(Objects.requireNonNull(member));
      }
    }

    void work(int most, boolean answers) {
      for (int i = 0; i < most && !inbox.isEmpty(); i++) {
        int value = inbox.removeFirst();
        if (!run.workedOff.add(value)) {
          assertThat(run.unanswered).as("twice, seed %d", run.seed).contains(value);
        }
        unanswered.add(value);
        if (answers) {
          answer();
        }
      }
    }

    void answer() {
      taken += unanswered.size();
      run.answered.addAll(unanswered);
      unanswered.clear();
      run.group.taken(Objects.requireNonNull(member), taken);
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public void send(Frame frame, int count, long bytes) {
      assertThat(writable).isTrue();
      var batch = (DatumBatch) new StreamCodec().decode(frame.payload());
      assertThat(batch.count()).isEqualTo(count);
      assertThat(batch.firstSequence()).isEqualTo(nextNumber);
      nextNumber += count;
      assertThat(nextNumber).isLessThanOrEqualTo(granted);
      for (int i = 0; i < count; i++) {
        int value = batch.datum(i).i32();
        run.got(this, value);
        inbox.addLast(value);
      }
    }

    @Override
    public void skipped(long datums) {
      throw new AssertionError("nobody skips for a member alone");
    }

    @Override
    public void overflowed(long unsentDatums) {
      assertThat(unsent).isNull();
      unsent = unsentDatums;
    }
  }
}

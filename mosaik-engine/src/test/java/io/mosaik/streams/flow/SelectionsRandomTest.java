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
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random subscribers come, grant, stall and leave, under every rule for slow ones; what each of
 * them gets is compared with what it should.
 */
class SelectionsRandomTest {

  private static final int SEEDS = 200;
  private static final int STEPS = 300;
  private static final int MAX_LAG = 20;

  @ParameterizedTest
  @EnumSource
  void each_gets_what_it_wants_in_order_once_and_nothing_is_kept_beyond_the_bound(
      FanOut.Overflow overflow) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var run = new Run(overflow, seed);
      for (int step = 0; step < STEPS; step++) {
        run.step();
        run.check();
      }
      run.end();
    }
  }

  /** One run. A datum is the number of its append, which is its value too. */
  private static final class Run {

    private final FanOut.Overflow overflow;
    private final SplittableRandom random;
    private final Selections selections;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private int appended;
    private long incarnations;

    Run(FanOut.Overflow overflow, int seed) {
      this.overflow = overflow;
      random = new SplittableRandom(seed);
      selections =
          new Selections(
              overflow, MAX_LAG, 1 << 20, () -> ++incarnations, Retention.NONE, datum -> datum);
    }

    void step() {
      switch (random.nextInt(6)) {
        case 0 -> subscribe();
        case 1 -> {
          if (!subscribers.isEmpty()) {
            leave(any());
          }
        }
        case 2 -> {
          if (!subscribers.isEmpty()) {
            any().grant(random.nextInt(30));
          }
        }
        case 3 -> {
          if (!subscribers.isEmpty()) {
            any().turn();
          }
        }
        default -> append(random.nextInt(1, 12));
      }
    }

    private Subscriber any() {
      return subscribers.get(random.nextInt(subscribers.size()));
    }

    private void subscribe() {
      int divisor = random.nextInt(4);
      Criteria criteria = divisor == 0 ? null : where("number").is(divisor);
      Selection selection = selections.find(criteria);
      if (selection == null && criteria != null) {
        selection = selections.add(criteria, value -> (Integer) value % (divisor + 1) == 0);
      }
      subscribers.add(
          new Subscriber(Objects.requireNonNull(selection), divisor + 1, random.nextInt(30)));
    }

    private void leave(Subscriber subscriber) {
      subscribers.remove(subscriber);
      subscriber.leave();
      selections.unsubscribed(subscriber.selection, 0);
    }

    private void append(int most) {
      int count = Math.min(most, selections.roomDatums());
      if (count == 0) {
        return;
      }
      var datums = new ArrayList<Encoded>();
      for (int i = 0; i < count; i++) {
        datums.add(new Encoded(new BinaryWriter().i32(appended), appended, null));
        for (Subscriber subscriber : subscribers) {
          subscriber.appended(appended);
        }
        appended++;
      }
      selections.append(datums);
      subscribers.removeIf(subscriber -> subscriber.unsent != null);
    }

    void check() {
      for (Subscriber subscriber : subscribers) {
        assertThat(subscriber.lag()).isBetween(0L, (long) MAX_LAG);
        subscriber.checkGot();
      }
      if (overflow == FanOut.Overflow.WAIT) {
        long most = subscribers.stream().mapToLong(Subscriber::lag).max().orElse(0);
        if (most > 0) {
          assertThat(selections.roomDatums()).isEqualTo(MAX_LAG - (int) most);
        }
      }
    }

    /** With room for all, everything that waits is sent. */
    void end() {
      for (Subscriber subscriber : subscribers) {
        subscriber.writable = true;
        subscriber.grant(1 << 20);
        assertThat(subscriber.lag()).isZero();
        subscriber.checkGot();
      }
      assertThat(selections.isDrained()).isTrue();
      List.copyOf(subscribers).forEach(this::leave);
      assertThat(selections.expire(Selections.LINGER_NS)).isFalse();
      assertThat(selections.size()).isZero();
    }
  }

  /** One subscriber, with what it should get beside what it got. */
  private static final class Subscriber implements FanOut.Output {

    private final Selection selection;
    private final int divisor;
    private final FanOut.Cursor cursor;
    private final List<Integer> expected = new ArrayList<>();
    private final List<Integer> got = new ArrayList<>();
    private boolean writable = true;
    private long nextNumber;
    private long granted;
    private long skipped;
    private @Nullable Long unsent;

    Subscriber(Selection selection, int divisor, int credit) {
      this.selection = selection;
      this.divisor = divisor;
      nextNumber = selection.fanOut().nextSequence();
      granted = credit;
      cursor = selection.fanOut().subscribe(new Credit(credit, 1 << 20), this);
    }

    void appended(int value) {
      if (value % divisor == 0) {
        expected.add(value);
      }
    }

    void grant(int more) {
      granted += more;
      selection.fanOut().credit(cursor, new Credit(granted, 1 << 20));
    }

    void turn() {
      writable = !writable;
      if (writable) {
        selection.fanOut().resume(cursor);
      }
    }

    void leave() {
      selection.fanOut().unsubscribe(cursor);
    }

    long lag() {
      return selection.fanOut().nextSequence() - cursor.sequence();
    }

    /** What it got is what it should get, but for what was skipped and what waits. */
    void checkGot() {
      assertThat(got.size() + skipped + lag()).isEqualTo(expected.size());
      assertThat(got.size()).isLessThanOrEqualTo((int) granted);
      if (skipped == 0) {
        assertThat(got).isEqualTo(expected.subList(0, got.size()));
      } else if (!got.isEmpty()) {
        assertThat(expected).containsSubsequence(got);
      }
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public void send(Frame frame, int count, long bytes) {
      var batch = (DatumBatch) new StreamCodec().decode(frame.payload());
      assertThat(batch.count()).isEqualTo(count);
      assertThat(batch.firstSequence()).isGreaterThanOrEqualTo(nextNumber);
      nextNumber = batch.firstSequence() + count;
      for (int i = 0; i < count; i++) {
        got.add(batch.datum(i).i32());
      }
    }

    @Override
    public void skipped(long datums) {
      skipped += datums;
    }

    @Override
    public void overflowed(long unsentDatums) {
      assertThat(unsent).isNull();
      unsent = unsentDatums;
      assertThat(got.size() + unsentDatums).isEqualTo(expected.size());
    }
  }
}

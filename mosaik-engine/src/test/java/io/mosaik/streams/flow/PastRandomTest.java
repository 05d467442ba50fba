package io.mosaik.streams.flow;

import static io.mosaik.streams.criteria.Criteria.where;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.From;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random subscribers begin anywhere in the past, stall, leave and come back where they were, under
 * every rule for slow ones; what each of them gets is compared with what was appended.
 */
class PastRandomTest {

  private static final int SEEDS = 40;
  private static final int STEPS = 300;
  private static final int MAX_LAG = 20;
  private static final int PAST = 60;
  private static final int PAST_BYTES = 10_000;

  @ParameterizedTest
  @EnumSource
  void who_begins_in_the_past_gets_each_datum_from_there_once_or_hears_how_many_it_misses(
      FanOut.Overflow overflow) {
    long replayed = 0;
    long missed = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var run = new Run(overflow, seed);
      for (int step = 0; step < STEPS; step++) {
        run.step();
        run.check();
      }
      run.end();
      replayed += run.replayed;
      missed += run.missed;
    }
    assertThat(replayed).isPositive();
    assertThat(missed).isPositive();
  }

  /** One run. A datum is the number of its append, which is its value too. */
  private static final class Run {

    private final FanOut.Overflow overflow;
    private final SplittableRandom random;
    private final Selections selections;
    private final IdentityHashMap<Selection, List<Integer>> members = new IdentityHashMap<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Subscriber> away = new ArrayList<>();
    private int appended;
    private long nowNs;
    private long replayed;
    private long missed;

    Run(FanOut.Overflow overflow, int seed) {
      this.overflow = overflow;
      random = new SplittableRandom(seed);
      selections =
          new Selections(
              overflow,
              MAX_LAG,
              1 << 20,
              random::nextLong,
              new Retention(PAST, PAST_BYTES * 16, 50),
              datum -> datum.i32());
      members.put(Objects.requireNonNull(selections.find(null)), new ArrayList<>());
    }

    void step() {
      switch (random.nextInt(8)) {
        case 0 -> subscribe();
        case 1 -> {
          if (!subscribers.isEmpty()) {
            leave(any());
          }
        }
        case 2 -> {
          if (!subscribers.isEmpty()) {
            any().grant(random.nextInt(60));
          }
        }
        case 3 -> {
          if (!away.isEmpty()) {
            comeBack(away.remove(random.nextInt(away.size())));
          }
        }
        case 4 -> selections.tick(nowNs += random.nextInt(10));
        default -> append(random.nextInt(1, 12));
      }
      for (Subscriber subscriber : List.copyOf(subscribers)) {
        if (subscriber.givenUp) {
          subscribers.remove(subscriber);
          away.add(subscriber);
        }
      }
    }

    private Subscriber any() {
      return subscribers.get(random.nextInt(subscribers.size()));
    }

    private Selection selection(int divisor) {
      Criteria criteria = divisor == 1 ? null : where("number").is(divisor);
      Selection selection = selections.find(criteria);
      if (selection == null && criteria != null) {
        selection = selections.add(criteria, value -> (Integer) value % divisor == 0);
        fill(Objects.requireNonNull(selection), divisor);
      }
      return Objects.requireNonNull(selection);
    }

    private void fill(Selection selection, int divisor) {
      int first = appended - (int) selections.pastDatums();
      while (!selections.fill(selection)) {}
      var those = new ArrayList<Integer>();
      for (int value = first; value < appended; value++) {
        if (value % divisor == 0) {
          those.add(value);
        }
      }
      assertThat(selection.fanOut().nextSequence()).isEqualTo(those.size());
      members.put(selection, those);
    }

    private void subscribe() {
      int divisor = random.nextInt(1, 4);
      Selection selection = selection(divisor);
      From from = random.nextBoolean() ? From.EARLIEST : From.NOW;
      add(new Subscriber(divisor), selection, from);
    }

    private void comeBack(Subscriber subscriber) {
      Selection selection = selection(subscriber.divisor);
      long next = subscriber.next();
      add(subscriber, selection, new From.Position(selection.incarnation(), next));
      missed += subscriber.next() - next;
    }

    private void add(Subscriber subscriber, Selection selection, From from) {
      long first = selections.begin(selection, from);
      if (from instanceof From.Position position) {
        assertThat(first).isEqualTo(Math.max(position.nextSequence(), earliest(selection)));
      }
      subscriber.begin(selection, members(selection), first, random.nextInt(30));
      subscribers.add(subscriber);
      replayed += selection.fanOut().nextSequence() - first;
    }

    private static long earliest(Selection selection) {
      return selection.fanOut().earliest();
    }

    private List<Integer> members(Selection selection) {
      return Objects.requireNonNull(members.get(selection));
    }

    private void leave(Subscriber subscriber) {
      subscribers.remove(subscriber);
      away.add(subscriber);
      subscriber.leave();
    }

    private void append(int most) {
      int count = Math.min(most, selections.roomDatums());
      if (count == 0) {
        return;
      }
      var datums = new ArrayList<Encoded>();
      for (int i = 0; i < count; i++) {
        int value = appended++;
        datums.add(new Encoded(new BinaryWriter().i32(value), value, null));
        for (int divisor = 1; divisor < 4; divisor++) {
          Selection selection = selections.find(divisor == 1 ? null : where("number").is(divisor));
          if (selection != null && value % divisor == 0) {
            members(selection).add(value);
          }
        }
      }
      selections.append(datums);
    }

    void check() {
      subscribers.forEach(Subscriber::check);
      assertThat(selections.pastDatums()).isLessThanOrEqualTo(PAST);
      assertThat(selections.pastBytes()).isLessThanOrEqualTo(PAST_BYTES * 16 + 2 * PAST_BYTES);
      for (Subscriber subscriber : subscribers) {
        assertThat(subscriber.lag()).isLessThanOrEqualTo(PAST);
      }
    }

    /** With room for all, everything that waits is sent. */
    void end() {
      for (Subscriber subscriber : subscribers) {
        subscriber.grant(1 << 20);
        subscriber.check();
        assertThat(subscriber.lag()).isZero();
      }
      assertThat(selections.isDrained()).isTrue();
      if (overflow == FanOut.Overflow.WAIT) {
        assertThat(subscribers).noneMatch(subscriber -> subscriber.givenUp);
      }
      selections.forgetPast();
      assertThat(selections.keptBytes()).isZero();
    }
  }

  /** One subscriber, which is always sent what follows what it got before, or is told. */
  private static final class Subscriber implements FanOut.Output {

    private final int divisor;
    private Selection selection;
    private List<Integer> members;
    private FanOut.Cursor cursor;
    private long nextNumber;
    private long granted;
    private long skipped;
    private boolean givenUp;

    @SuppressWarnings("NullAway.Init") // begins before anything else
    Subscriber(int divisor) {
      this.divisor = divisor;
    }

    void begin(Selection in, List<Integer> those, long first, int credit) {
      selection = in;
      members = those;
      nextNumber = first;
      granted = credit;
      skipped = 0;
      givenUp = false;
      cursor = in.fanOut().subscribe(first, new Credit(credit, 1 << 20), this);
      in.fanOut().resume(cursor);
    }

    long next() {
      return nextNumber;
    }

    long lag() {
      return selection.fanOut().nextSequence() - cursor.sequence();
    }

    void grant(int more) {
      granted += more;
      selection.fanOut().credit(cursor, new Credit(granted, 1 << 20));
    }

    void leave() {
      selection.fanOut().unsubscribe(cursor);
    }

    void check() {
      assertThat(cursor.sequence()).isEqualTo(nextNumber + skipped);
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void send(Frame frame, int count, long bytes) {
      var batch = (DatumBatch) new StreamCodec().decode(frame.payload());
      assertThat(batch.count()).isEqualTo(count);
      assertThat(batch.firstSequence()).isEqualTo(nextNumber + skipped);
      for (int i = 0; i < count; i++) {
        assertThat(batch.datum(i).i32()).isEqualTo(members.get((int) batch.firstSequence() + i));
      }
      nextNumber = batch.firstSequence() + count;
      skipped = 0;
    }

    @Override
    public void skipped(long datums) {
      skipped += datums;
    }

    @Override
    public void overflowed(long unsentDatums) {
      assertThat(givenUp).isFalse();
      givenUp = true;
      assertThat(unsentDatums).isEqualTo(selection.fanOut().nextSequence() - nextNumber);
    }
  }
}

package io.mosaik.streams.flow;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage.From;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The selections of one producer: all of its datums, and for each distinct criteria of its
 * consumers those that satisfy it. Each selection numbers its datums by itself, without gaps, and
 * has a {@link FanOut} of its own: so everything that numbers, credit and lag mean to a subscriber,
 * they mean of the datums that it wants. A datum is asked once for each distinct criteria, and
 * copied into a frame once for each selection that it is in and that someone is subscribed to.
 *
 * <p>A selection whose last subscriber has left goes on counting for {@link #LINGER_NS}, so that
 * who comes back in that time knows how much it missed; where a past is kept for {@link
 * #LINGER_WITH_PAST_NS}, so that it misses nothing.
 *
 * <p>Where a past is kept, each selection keeps its own. That of a new one begins with what
 * satisfies it of the past of all datums, which {@link #fill} looks through.
 */
public final class Selections {

  /** How many different criteria a producer answers at a time. */
  public static final int MAX_CRITERIA = 64;

  /** How long a selection without subscribers counts on. */
  public static final long LINGER_NS = 60_000_000_000L;

  /** The same where a past is kept. */
  public static final long LINGER_WITH_PAST_NS = 10 * LINGER_NS;

  /** The bits of an incarnation that tell the selections of one run apart. */
  private static final long SELECTION_BITS = (1L << 24) - 1;

  /** A selection by criteria keeps this part of the bytes that the one of all datums may keep. */
  private static final int BYTES_SHARE = 16;

  private final FanOut.Overflow overflow;
  private final int maxLagDatums;
  private final long maxLagBytes;
  private final Retention retention;
  private final Function<BinaryReader, Object> decoder;
  private final long run;
  private final Selection everything;
  private final Map<Criteria, Selection> byCriteria = new LinkedHashMap<>();
  private final ShareGroups shares;
  private final List<BinaryWriter> chosen = new ArrayList<>();
  private final BitSet wanted = new BitSet();
  private int[] handed = new int[16];
  private long selected;

  /**
   * @param maxLagDatums how many datums may wait for one subscriber, at least 1
   * @param maxLagBytes how many bytes; a sixteenth of it for one with criteria
   * @param incarnations draws a number that nobody else draws
   * @param retention what is kept for who comes late; of each selection by criteria a sixteenth of
   *     the bytes
   * @param decoder reads a datum that is kept, for criteria to look at
   */
  public Selections(
      FanOut.Overflow overflow,
      int maxLagDatums,
      long maxLagBytes,
      LongSupplier incarnations,
      Retention retention,
      Function<BinaryReader, Object> decoder) {
    this.overflow = overflow;
    this.maxLagDatums = maxLagDatums;
    this.maxLagBytes = maxLagBytes;
    this.retention = retention;
    this.decoder = decoder;
    run = incarnations.getAsLong() & ~SELECTION_BITS;
    everything = select(1, datum -> true);
    everything.filled = true;
    shares = new ShareGroups(overflow, maxLagDatums, maxLagBytes);
  }

  /**
   * The selection by these criteria, or of everything if they are null; null if it is not there.
   */
  public @Nullable Selection find(@Nullable Criteria criteria) {
    return criteria == null ? everything : byCriteria.get(criteria);
  }

  /**
   * Begins to select by the criteria; without effect if that is done already.
   *
   * @param matcher what they say of a datum; if it throws, the datum is not among them
   * @return the selection, or null if there are {@link #MAX_CRITERIA} with subscribers
   */
  public @Nullable Selection add(Criteria criteria, Predicate<Object> matcher) {
    Selection known = byCriteria.get(criteria);
    if (known != null) {
      return known;
    }
    if (byCriteria.size() >= MAX_CRITERIA && !forgetOneUnused()) {
      return null;
    }
    Selection added = select(BYTES_SHARE, matcher);
    added.filled = !everything.fanOut.keepsPast();
    byCriteria.put(criteria, added);
    return added;
  }

  private Selection select(int share, Predicate<Object> matcher) {
    return new Selection(
        new FanOut(
            overflow,
            maxLagDatums,
            maxLagBytes / share,
            retention.withBytes(retention.bytes() / share)),
        run | (selected++ & SELECTION_BITS),
        matcher);
  }

  /**
   * Looks through the next batch of the past of all datums for what satisfies a new selection.
   * Before it has seen them all, nobody may subscribe to it, and it gets nothing that is appended.
   *
   * @return whether it has
   */
  public boolean fill(Selection selection) {
    if (selection.filled) {
      return true;
    }
    long number = Math.max(selection.filledTo, everything.fanOut.firstPastBatch());
    DatumBatch batch = everything.fanOut.pastBatch(number);
    if (batch == null) {
      selection.filled = true;
      return true;
    }
    long skipped = everything.fanOut.earliest() - batch.firstSequence();
    for (int i = (int) Math.max(0, skipped); i < batch.count(); i++) {
      if (selection.wants(decoded(batch.datum(i)))) {
        chosen.add(new BinaryWriter(batch.sizeBytes(i)).raw(batch.datum(i)));
      }
    }
    appendChosen(selection.fanOut);
    selection.filledTo = number + 1;
    return false;
  }

  private @Nullable Object decoded(BinaryReader datum) {
    try {
      return decoder.apply(datum);
    } catch (Throwable ofNoUse) {
      return null;
    }
  }

  /**
   * The number of the first datum that a subscriber gets.
   *
   * @param from where it wants to begin
   * @throws MalformedException if it claims to have got more than there was
   */
  public long begin(Selection selection, From from) {
    FanOut fanOut = selection.fanOut;
    return switch (from) {
      case From.Now now -> fanOut.nextSequence();
      case From.Earliest earliest -> fanOut.earliest();
      case From.Position(long incarnation, long next) -> {
        if (incarnation == selection.incarnation) {
          if (next > fanOut.nextSequence()) {
            throw new MalformedException(
                "a position of " + next + " where " + fanOut.nextSequence() + " comes next");
          }
          yield Math.max(next, fanOut.earliest());
        }
        // Of a selection of this run that was given up, it is unknown what the subscriber has got.
        boolean ofThisRun = (incarnation & ~SELECTION_BITS) == run;
        yield ofThisRun ? fanOut.nextSequence() : fanOut.earliest();
      }
    };
  }

  private boolean forgetOneUnused() {
    for (var each = byCriteria.values().iterator(); each.hasNext(); ) {
      Selection selection = each.next();
      if (selection.isUnused()) {
        each.remove();
        return true;
      }
    }
    return false;
  }

  /** How many criteria are answered now. */
  public int size() {
    return byCriteria.size();
  }

  /** Those who share the datums. */
  public ShareGroups shares() {
    return shares;
  }

  /** How many datums may be appended now, see {@link FanOut#roomDatums}. */
  public int roomDatums() {
    int room = Math.min(everything.fanOut.roomDatums(), shares.roomDatums());
    for (Selection selection : byCriteria.values()) {
      room = Math.min(room, selection.fanOut.roomDatums());
    }
    return room;
  }

  /** Whether nobody waits for anything that was appended. */
  public boolean isDrained() {
    return everything.fanOut.isDrained()
        && shares.isDrained()
        && byCriteria.values().stream().allMatch(each -> each.fanOut.isDrained());
  }

  /** How many datums are kept for who comes late. */
  public long pastDatums() {
    return everything.fanOut.nextSequence() - everything.fanOut.earliest();
  }

  /** How many bytes are kept for who comes late, with what it takes to keep them. */
  public long pastBytes() {
    long bytes = everything.fanOut.pastBytes();
    for (Selection selection : byCriteria.values()) {
      bytes += selection.fanOut.pastBytes();
    }
    return bytes;
  }

  /** Time has passed: what has become too old is kept no more. */
  public void tick(long nowNs) {
    everything.fanOut.tick(nowNs);
    byCriteria.values().forEach(each -> each.fanOut.tick(nowNs));
  }

  /** Keeps nothing that no subscriber waits for. */
  public void forgetPast() {
    everything.fanOut.forgetPast();
    byCriteria.values().forEach(each -> each.fanOut.forgetPast());
  }

  /** How many bytes are kept because a subscriber waits for them, or for who comes late. */
  public long keptBytes() {
    long bytes = everything.fanOut.keptBytes() + shares.keptBytes();
    for (Selection selection : byCriteria.values()) {
      bytes += selection.fanOut.keptBytes();
    }
    return bytes;
  }

  /**
   * Hands datums to all whose selection they are in; {@link #handed} tells of each to how many.
   *
   * @param datums at least one, at most {@link DatumBatch#MAX_DATUMS}
   */
  public void append(List<Encoded> datums) {
    for (Encoded datum : datums) {
      chosen.add(datum.bytes());
    }
    appendChosen(everything.fanOut);
    if (handed.length < datums.size()) {
      handed = new int[Math.max(datums.size(), handed.length * 2)];
    }
    Arrays.fill(handed, 0, datums.size(), everything.fanOut.size());
    for (Selection selection : byCriteria.values()) {
      appendWanted(datums, selection);
    }
    shares.append(datums, handed);
  }

  private void appendWanted(List<Encoded> datums, Selection selection) {
    if (!selection.filled) {
      return; // it will find them in the past
    }
    wanted.clear();
    for (int i = 0; i < datums.size(); i++) {
      if (selection.wants(datums.get(i).value())) {
        chosen.add(datums.get(i).bytes());
        wanted.set(i);
      }
    }
    appendChosen(selection.fanOut);
    for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
      handed[i] += selection.fanOut.size();
    }
  }

  /** To how many subscribers and share groups a datum of the last append was handed. */
  public int handed(int index) {
    return handed[index];
  }

  private void appendChosen(FanOut fanOut) {
    if (fanOut.size() == 0 && !fanOut.keepsPast()) {
      fanOut.pass(chosen.size());
    } else if (!chosen.isEmpty()) {
      fanOut.append(DatumBatch.encode(fanOut.nextSequence(), chosen));
    }
    chosen.clear();
  }

  /** How long a selection without subscribers counts on. */
  public long lingerNs() {
    return retention.isAny() ? LINGER_WITH_PAST_NS : LINGER_NS;
  }

  /** A selection has lost a subscriber; if it was the last, {@link #expire} forgets it in time. */
  public void unsubscribed(Selection from, long nowNs) {
    from.unusedSinceNs = nowNs;
  }

  /**
   * Forgets the selections that nobody was subscribed to for {@link #lingerNs}, and gives up what
   * share groups keep that had no members for {@link #LINGER_NS}.
   *
   * @return whether there are others that nobody is subscribed to
   */
  public boolean expire(long nowNs) {
    boolean groupsWait = shares.expire(nowNs);
    byCriteria
        .values()
        .removeIf(each -> each.isUnused() && nowNs - each.unusedSinceNs >= lingerNs());
    return groupsWait || byCriteria.values().stream().anyMatch(each -> each.fanOut.size() == 0);
  }

  /** Some of a producer's datums, with those who are subscribed to them. */
  public static final class Selection {

    private final FanOut fanOut;
    private final long incarnation;
    private final Predicate<Object> matcher;
    private long unusedSinceNs;
    private boolean filled;
    private long filledTo;

    private Selection(FanOut fanOut, long incarnation, Predicate<Object> matcher) {
      this.fanOut = fanOut;
      this.incarnation = incarnation;
      this.matcher = matcher;
    }

    /** Who is subscribed. */
    public FanOut fanOut() {
      return fanOut;
    }

    /** Of its numbering. */
    public long incarnation() {
      return incarnation;
    }

    /** Whether nobody is subscribed; while it is filled, somebody will be. */
    private boolean isUnused() {
      return filled && fanOut.size() == 0;
    }

    private boolean wants(@Nullable Object value) {
      try {
        return value != null && matcher.test(value);
      } catch (Throwable notOne) {
        return false;
      }
    }
  }
}

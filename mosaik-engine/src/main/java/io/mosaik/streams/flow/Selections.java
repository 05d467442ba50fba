package io.mosaik.streams.flow;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.wire.BinaryWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * who comes back in that time knows how much it missed.
 */
public final class Selections {

  /** How many different criteria a producer answers at a time. */
  public static final int MAX_CRITERIA = 64;

  /** How long a selection without subscribers counts on. */
  public static final long LINGER_NS = 60_000_000_000L;

  /** A selection by criteria keeps this part of the bytes that the one of all datums may keep. */
  private static final int BYTES_SHARE = 16;

  private final FanOut.Overflow overflow;
  private final int maxLagDatums;
  private final long maxLagBytes;
  private final LongSupplier incarnations;
  private final Selection everything;
  private final Map<Criteria, Selection> byCriteria = new LinkedHashMap<>();
  private final ShareGroups shares;
  private final List<BinaryWriter> chosen = new ArrayList<>();
  private final BitSet wanted = new BitSet();
  private int[] handed = new int[16];

  /**
   * @param maxLagDatums how many datums may wait for one subscriber, at least 1
   * @param maxLagBytes how many bytes; a sixteenth of it for one with criteria
   * @param incarnations draws a number that nobody else draws
   */
  public Selections(
      FanOut.Overflow overflow, int maxLagDatums, long maxLagBytes, LongSupplier incarnations) {
    this.overflow = overflow;
    this.maxLagDatums = maxLagDatums;
    this.maxLagBytes = maxLagBytes;
    this.incarnations = incarnations;
    everything = select(maxLagBytes, datum -> true);
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
    Selection added = select(maxLagBytes / BYTES_SHARE, matcher);
    byCriteria.put(criteria, added);
    return added;
  }

  private Selection select(long lagBytes, Predicate<Object> matcher) {
    return new Selection(
        new FanOut(overflow, maxLagDatums, lagBytes), incarnations.getAsLong(), matcher);
  }

  private boolean forgetOneUnused() {
    for (var each = byCriteria.values().iterator(); each.hasNext(); ) {
      if (each.next().fanOut.size() == 0) {
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
    return everything.fanOut.keptBatches() == 0
        && shares.isDrained()
        && byCriteria.values().stream().allMatch(each -> each.fanOut.keptBatches() == 0);
  }

  /** How many bytes are kept because a subscriber waits for them. */
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
    if (fanOut.size() == 0) {
      fanOut.pass(chosen.size());
    } else if (!chosen.isEmpty()) {
      fanOut.append(DatumBatch.encode(fanOut.nextSequence(), chosen));
    }
    chosen.clear();
  }

  /** A selection has lost a subscriber; if it was the last, {@link #expire} forgets it in time. */
  public void unsubscribed(Selection from, long nowNs) {
    from.unusedSinceNs = nowNs;
  }

  /**
   * Forgets the selections that nobody was subscribed to for {@link #LINGER_NS}, and gives up what
   * share groups keep that had no members for as long.
   *
   * @return whether there are others that nobody is subscribed to
   */
  public boolean expire(long nowNs) {
    boolean groupsWait = shares.expire(nowNs);
    byCriteria
        .values()
        .removeIf(each -> each.fanOut.size() == 0 && nowNs - each.unusedSinceNs >= LINGER_NS);
    return groupsWait || byCriteria.values().stream().anyMatch(each -> each.fanOut.size() == 0);
  }

  /** Some of a producer's datums, with those who are subscribed to them. */
  public static final class Selection {

    private final FanOut fanOut;
    private final long incarnation;
    private final Predicate<Object> matcher;
    private long unusedSinceNs;

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

    private boolean wants(Object value) {
      try {
        return matcher.test(value);
      } catch (RuntimeException | StackOverflowError notOne) {
        return false;
      }
    }
  }
}

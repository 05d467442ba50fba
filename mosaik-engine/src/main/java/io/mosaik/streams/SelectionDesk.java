package io.mosaik.streams;

import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.criteria.CriteriaCompiler;
import io.mosaik.streams.criteria.CriteriaMismatchException;
import io.mosaik.streams.flow.Selections;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.flow.ShareGroup;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds subscribers the selection that their criteria ask for, and where in it they begin, and
 * forgets selections that nobody uses any more. On the producer's strand.
 */
final class SelectionDesk {

  private static final Logger LOG = LoggerFactory.getLogger(SelectionDesk.class);

  private final Platform platform;
  private final Strand strand;
  private final StreamName stream;
  private final Selections selections;
  private final CriteriaCompiler compiler;
  private final Map<String, ShareGroupRecord> shareGroups = new ConcurrentSkipListMap<>();
  private boolean expiryDue;

  SelectionDesk(
      Platform platform,
      Strand strand,
      StreamName stream,
      Selections selections,
      CriteriaCompiler compiler) {
    this.platform = platform;
    this.strand = strand;
    this.stream = stream;
    this.selections = selections;
    this.compiler = compiler;
  }

  /**
   * Finds the selection by these criteria, or of everything, and looks through the past for what is
   * in it, a batch in each turn.
   *
   * @param refuse hears why, if it can't be had
   * @param found gets it, at once if it is there
   */
  void find(
      @Nullable Criteria criteria,
      BiConsumer<Refusal, CloseReason> refuse,
      Consumer<Selection> found) {
    Selection known = selections.find(criteria);
    if (known != null) {
      fill(known, found);
    } else if (criteria != null) {
      add(criteria, refuse, found);
    }
  }

  private void add(
      Criteria criteria, BiConsumer<Refusal, CloseReason> refuse, Consumer<Selection> found) {
    try {
      Selection added = selections.add(criteria, matcher(criteria));
      if (added == null) {
        refuse.accept(
            Refusal.NO_CAPACITY,
            StreamCloseReasons.NO_CAPACITY.because("too many different criteria"));
      } else {
        fill(added, found);
      }
    } catch (CriteriaMismatchException e) {
      refuse.accept(
          Refusal.BAD_CRITERIA,
          StreamCloseReasons.BAD_CRITERIA.because(String.valueOf(e.getMessage())));
    }
  }

  private void fill(Selection selection, Consumer<Selection> found) {
    if (selections.fill(selection)) {
      found.accept(selection);
    } else {
      strand.execute(() -> fill(selection, found));
    }
  }

  /**
   * Finds the asking consumer its place among those it shares the datums with.
   *
   * @param name of the share group
   * @param refuse hears why, if it can't have one; then the result is false
   */
  boolean share(SubscriberLink asking, String name, BiConsumer<Refusal, CloseReason> refuse) {
    try {
      Criteria criteria = asking.request().criteria();
      Predicate<Object> matcher = criteria == null ? datum -> true : matcher(criteria);
      ShareGroupRecord group = shareGroup(name);
      long nowNs = platform.clock().nanoTime();
      if (group != null && asking.share(group, RandomIds.next(platform), matcher, nowNs)) {
        return true;
      }
      refuse.accept(
          Refusal.NO_CAPACITY,
          StreamCloseReasons.NO_CAPACITY.because(
              group == null
                  ? "too many share groups"
                  : "too many different criteria in the group"));
    } catch (CriteriaMismatchException e) {
      refuse.accept(
          Refusal.BAD_CRITERIA,
          StreamCloseReasons.BAD_CRITERIA.because(String.valueOf(e.getMessage())));
    }
    return false;
  }

  private @Nullable ShareGroupRecord shareGroup(String name) {
    ShareGroup group = selections.shares().find(name);
    return group == null
        ? null
        : shareGroups.computeIfAbsent(name, added -> new ShareGroupRecord(name, group));
  }

  /** The share groups there are, by name; from any thread. */
  List<ShareGroupInfo> shareGroups() {
    return shareGroups.values().stream().map(ShareGroupRecord::toInfo).toList();
  }

  /** How many share groups have members. */
  int shareGroupsWithMembers() {
    return selections.shares().audience();
  }

  /** The criteria as a predicate that tells the first time it fails. */
  private Predicate<Object> matcher(Criteria criteria) {
    Predicate<Object> compiled = compiler.compile(criteria);
    var complained = new AtomicBoolean();
    return datum -> {
      try {
        return compiled.test(datum);
      } catch (Throwable e) {
        if (complained.compareAndSet(false, true)) {
          LOG.warn(
              "Stream {}: a datum can't be asked '{}', it counts as not matching (later ones are not"
                  + " told)",
              stream,
              criteria,
              e);
        }
        return false;
      }
    };
  }

  /** The number of the first datum that a subscriber gets, see {@link Selections#begin}. */
  long begin(Selection selection, StreamMessage.From from) {
    return selections.begin(selection, from);
  }

  /** Somebody left its place; that is kept for a while, for that somebody to come back. */
  void left(@Nullable Place place) {
    if (place instanceof Place.Reading reading) {
      left(reading.selection());
    } else if (place instanceof Place.Sharing sharing) {
      selections.shares().left(sharing.record().name(), platform.clock().nanoTime());
      sharing.record().note();
      expireInTime();
    }
  }

  /** Somebody left a selection, or did not come in the end. */
  void left(Selection selection) {
    selections.unsubscribed(selection, platform.clock().nanoTime());
    expireInTime();
  }

  private void expireInTime() {
    if (!expiryDue && selections.size() + selections.shares().size() > 0) {
      expireLater();
    }
  }

  private void expireLater() {
    expiryDue = true;
    strand.schedule(
        Duration.ofNanos(selections.lingerNs()),
        () -> {
          expiryDue = false;
          if (selections.expire(platform.clock().nanoTime())) {
            expireLater();
          }
          shareGroups.keySet().retainAll(selections.shares().names());
        });
  }
}

package io.mosaik.groups.raft;

import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Message.LogRequest;
import io.mosaik.groups.raft.Message.LogResponse;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of committed entries that are fetched ahead of where the log ends, from several voters at
 * once, and kept until the log has come so far (R2). Committed entries are the same wherever they
 * come from (§3.6.3), so a range is asked for by its index alone.
 */
final class Ranges {

  /** So many ranges, of at most {@link Message#MAX_BATCH_BYTES} each, are asked for or kept. */
  static final int MAX_RANGES = 6;

  private static final int MAX_RANGES_PER_VOTER = 2;

  /** A range that follows the log, and who sent it. */
  record Arrived(Member source, LogResponse answer) {}

  private static final class Range {
    final Member provider;
    final long askedNs;
    @Nullable LogResponse answer;

    Range(Member provider, long askedNs) {
      this.provider = provider;
      this.askedNs = askedNs;
    }
  }

  private final RaftState state;

  /** By the index that they follow. */
  private final TreeMap<Long, Range> ranges = new TreeMap<>();

  /** Voters that have pruned what is wanted, or did not answer in time. */
  private final TreeSet<Member> leftOut = new TreeSet<>();

  /** What voters that had too little said to be committed, as far as they knew. */
  private final TreeMap<Member, Long> behind = new TreeMap<>();

  /** How many entries a full message had: fewer where they are large; 0 if none has come yet. */
  private int seenInMessage;

  Ranges(RaftState state) {
    this.state = state;
  }

  /** Asks for ranges behind an index, as far as the log is known to be committed elsewhere. */
  void ask(long index, long committed) {
    int stride = stride();
    for (long after = index + stride; after < committed; after += stride) {
      if (ranges.size() >= MAX_RANGES) {
        return;
      }
      Long before = ranges.floorKey(after);
      if (before != null && after - before < stride) {
        continue;
      }
      Member provider = choose(after);
      if (provider == null) {
        return;
      }
      ranges.put(after, new Range(provider, state.now()));
      state.send(provider, LogRequest.committedAfter(state.leaderLineage, state.term(), after));
    }
  }

  private int stride() {
    return seenInMessage == 0 ? state.log.batchEntries : seenInMessage;
  }

  /** A voter that is asked for little, but not the leader, which has enough to do. */
  private @Nullable Member choose(long after) {
    var free = new ArrayList<Member>();
    for (Member member : state.quorum.voters()) {
      if (state.bonded.containsKey(member)
          && !member.equals(state.leader)
          && !leftOut.contains(member)
          && behind.getOrDefault(member, Long.MAX_VALUE) > after
          && askedOf(member) < MAX_RANGES_PER_VOTER) {
        free.add(member);
      }
    }
    return free.isEmpty() ? null : free.get(state.random.nextInt(free.size()));
  }

  private int askedOf(Member member) {
    int count = 0;
    for (Range range : ranges.values()) {
      if (range.answer == null && range.provider.equals(member)) {
        count++;
      }
    }
    return count;
  }

  /** Whether what follows this index has been asked for, or lies here. */
  boolean brings(long index) {
    return ranges.floorKey(index) != null;
  }

  void onResponse(Member from, LogResponse response) {
    Range range = ranges.get(response.asked().index());
    if (range == null || range.answer != null || !range.provider.equals(from)) {
      return;
    }
    long known = response.commitIndex() - response.previous().index();
    if (response.previous().index() != response.asked().index()
        || response.entries().isEmpty()
        || known < response.entries().size()) {
      ranges.remove(response.asked().index());
      told(from, response.commitIndex());
      return;
    }
    range.answer = response;
    if (known > response.entries().size()) {
      seenInMessage = response.entries().size();
    }
  }

  /** A voter has committed so much. */
  void told(Member voter, long commitIndex) {
    behind.put(voter, commitIndex);
  }

  /** A voter has pruned a range that it was asked for. */
  void pruned(Member from, long after) {
    Range range = ranges.get(after);
    if (range != null && range.answer == null && range.provider.equals(from)) {
      ranges.remove(after);
      leftOut.add(from);
    }
  }

  /**
   * The next range that follows a log which is the leader's up to this index; null if none has come
   * yet.
   */
  @Nullable Arrived poll(long verified) {
    while (!ranges.isEmpty() && ranges.firstKey() <= verified) {
      Map.Entry<Long, Range> first = ranges.firstEntry();
      LogResponse answer = first.getValue().answer;
      if (answer == null && first.getKey() + stride() > verified) {
        return null; // it comes
      }
      ranges.remove(first.getKey());
      if (answer != null
          && first.getKey() + answer.entries().size() > verified
          && state.log.has(answer.previous())) {
        return new Arrived(first.getValue().provider, answer);
      }
    }
    return null;
  }

  /** Forgets what should have come by now, and asks those voters no more. */
  void forgetLate(long afterNs) {
    ranges
        .values()
        .removeIf(range -> {
          boolean late = range.answer == null && state.now() - range.askedNs >= afterNs;
          if (late) {
            leftOut.add(range.provider);
          }
          return late;
        });
  }

  void onBondDown(Member member) {
    ranges.values().removeIf(range -> range.answer == null && range.provider.equals(member));
  }

  void clear() {
    ranges.clear();
    leftOut.clear();
    behind.clear();
    seenInMessage = 0;
  }
}

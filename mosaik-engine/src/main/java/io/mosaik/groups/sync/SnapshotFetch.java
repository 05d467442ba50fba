package io.mosaik.groups.sync;

import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gets one snapshot, in chunks, from all members that have it at the same time: a plain class that
 * is told what happened and when, and says what to do. Not thread-safe.
 *
 * <p>At most {@value #MOST_AT_ONCE} chunks are asked for or being written at once, so that is what
 * it takes of memory, and at most {@value #MOST_PER_MEMBER} are asked of one member. The leader is
 * asked only where nobody else has the snapshot. A chunk counts when it is written, and only if its
 * digest is right; who sends another is not asked again. A member that does not answer in time is
 * left out until it says once more that it has the snapshot. When nobody has had it for {@link
 * #PATIENCE}, the fetch gives up; another one can go on with what is there.
 */
public final class SnapshotFetch {

  static final int MOST_AT_ONCE = 8;
  static final int MOST_PER_MEMBER = 2;

  /** How long a member has for a chunk. */
  static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);

  /** How long somebody to ask is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private record Asked(Member member, long deadlineNs) {}

  private final SnapshotManifest manifest;
  private final BitSet written;
  private final BitSet writing = new BitSet();

  /** The chunks that were asked for and have not come. */
  private final TreeMap<Integer, Asked> asked = new TreeMap<>();

  /** Who has the snapshot, and how many chunks each was asked for. */
  private final TreeMap<Member, Integer> holders = new TreeMap<>();

  private final TreeSet<Member> corrupt = new TreeSet<>();
  private @Nullable Member leader;
  private long giveUpNs;
  private boolean started;
  private boolean over;

  /**
   * A fetch that has not begun.
   *
   * @param manifest what to get
   * @param written the chunks that an earlier fetch has written; changed from here on
   */
  public SnapshotFetch(SnapshotManifest manifest, BitSet written) {
    this.manifest = manifest;
    this.written = written;
  }

  /** What is being fetched. */
  public SnapshotManifest manifest() {
    return manifest;
  }

  /** The chunks that are written. */
  public BitSet written() {
    return written;
  }

  /** How many bytes are written. */
  public long writtenBytes() {
    int chunks = manifest.chunks().size();
    long bytes = (long) written.cardinality() * SnapshotManifest.CHUNK_BYTES;
    return chunks > 0 && written.get(chunks - 1)
        ? bytes - SnapshotManifest.CHUNK_BYTES + manifest.chunkBytes(chunks - 1)
        : bytes;
  }

  /** Whether it is complete or has given up: nothing more comes of it. */
  public boolean isOver() {
    return over;
  }

  /** Begins. */
  public void start(long nowNs, List<FetchEffect> out) {
    started = true;
    giveUpNs = nowNs + PATIENCE.toNanos();
    advance(nowNs, out);
  }

  /** A member says that it has the snapshot; also before the start. */
  public void held(Member member, long nowNs, List<FetchEffect> out) {
    if (!corrupt.contains(member)) {
      holders.putIfAbsent(member, 0);
      advance(nowNs, out);
    }
  }

  /** A member is gone; it may come back. */
  public void gone(Member member, long nowNs, List<FetchEffect> out) {
    leaveOut(member);
    advance(nowNs, out);
  }

  /** A member does not have the snapshot any more. If nobody has, waiting would be of no use. */
  public void dropped(Member member, long nowNs, List<FetchEffect> out) {
    leaveOut(member);
    if (isForsaken() && !over) {
      giveUp(out);
    } else {
      advance(nowNs, out);
    }
  }

  /** Who leads now is asked last. */
  public void ledBy(@Nullable Member member) {
    leader = member;
  }

  /** A member sent a chunk. */
  public void arrived(Member from, int chunk, byte[] bytes, long nowNs, List<FetchEffect> out) {
    Asked request = asked.get(chunk);
    if (request == null || !request.member.equals(from)) {
      return; // It comes too late.
    }
    asked.remove(chunk);
    holders.computeIfPresent(from, (member, count) -> count - 1);
    if (Digest.hash(bytes).equals(manifest.chunks().get(chunk))) {
      writing.set(chunk);
      out.add(new FetchEffect.Write(chunk, (long) chunk * SnapshotManifest.CHUNK_BYTES, bytes));
    } else {
      corrupt.add(from);
      leaveOut(from);
      out.add(new FetchEffect.Corrupt(from, chunk));
    }
    advance(nowNs, out);
  }

  /** A chunk is written. */
  public void written(int chunk, long nowNs, List<FetchEffect> out) {
    writing.clear(chunk);
    written.set(chunk);
    advance(nowNs, out);
  }

  /** The timer that was set last is due. */
  public void onTimer(long nowNs, List<FetchEffect> out) {
    for (Map.Entry<Integer, Asked> request : List.copyOf(asked.entrySet())) {
      if (request.getValue().deadlineNs - nowNs <= 0) {
        leaveOut(request.getValue().member);
      }
    }
    if (isForsaken() && giveUpNs - nowNs <= 0 && !over) {
      giveUp(out);
      return;
    }
    advance(nowNs, out);
  }

  private void giveUp(List<FetchEffect> out) {
    over = true;
    out.add(new FetchEffect.GiveUp());
  }

  private void leaveOut(Member member) {
    holders.remove(member);
    asked.values().removeIf(request -> request.member.equals(member));
  }

  /** Whether there is nobody to ask and nothing on its way. */
  private boolean isForsaken() {
    return holders.isEmpty() && writing.isEmpty();
  }

  private void advance(long nowNs, List<FetchEffect> out) {
    if (over || !started) {
      return;
    }
    int chunks = manifest.chunks().size();
    if (written.cardinality() == chunks) {
      over = true;
      out.add(new FetchEffect.Complete());
      return;
    }
    int chunk = 0;
    while (asked.size() + writing.cardinality() < MOST_AT_ONCE) {
      chunk = nextMissing(chunk);
      Member member = chunk < chunks ? leastAsked() : null;
      if (member == null) {
        break;
      }
      holders.merge(member, 1, Integer::sum);
      asked.put(chunk, new Asked(member, nowNs + ANSWER_TIMEOUT.toNanos()));
      out.add(new FetchEffect.Ask(member, chunk));
    }
    setTimer(nowNs, out);
  }

  private int nextMissing(int from) {
    int chunk = written.nextClearBit(from);
    while (writing.get(chunk) || asked.containsKey(chunk)) {
      chunk = written.nextClearBit(chunk + 1);
    }
    return chunk;
  }

  private @Nullable Member leastAsked() {
    Member best = null;
    int least = MOST_PER_MEMBER;
    for (Map.Entry<Member, Integer> holder : holders.entrySet()) {
      boolean spared = holder.getKey().equals(leader) && holders.size() > 1;
      if (!spared && holder.getValue() < least) {
        least = holder.getValue();
        best = holder.getKey();
      }
    }
    return best;
  }

  private void setTimer(long nowNs, List<FetchEffect> out) {
    if (!isForsaken()) {
      giveUpNs = nowNs + PATIENCE.toNanos();
    }
    long dueNs = giveUpNs;
    for (Asked request : asked.values()) {
      dueNs = dueNs - request.deadlineNs > 0 ? request.deadlineNs : dueNs;
    }
    out.add(new FetchEffect.SetTimer(Math.max(0, dueNs - nowNs)));
  }
}

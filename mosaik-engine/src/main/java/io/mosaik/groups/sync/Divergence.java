package io.mosaik.groups.sync;

import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.id.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notices that members which applied the same entries have different states: each tells the others
 * a digest of its state at certain positions, and compares theirs with its own. Whoever comes first
 * at a position waits for the other; a bounded number of positions is remembered. Not thread-safe.
 */
public final class Divergence {

  /** What a digest is of. */
  public enum Kind {
    /** A snapshot's manifest. */
    SNAPSHOT,
    /** The state, as the machine itself digests it. */
    STATE
  }

  /**
   * A place where states can be compared.
   *
   * @param kind what is compared
   * @param lineage of the log
   * @param term of the last entry that was applied; 0 where it isn't told
   * @param index of that entry
   */
  public record Point(Kind kind, Lineage lineage, long term, long index) {}

  /**
   * Two members differ.
   *
   * @param member the other one
   * @param point where
   */
  public record Found(Member member, Point point) {}

  /** So many points are remembered at most, of this member and of each other: the latest. */
  static final int MOST_POINTS = 16;

  /**
   * And so many of those at every 64,000th index, of states, which two members have in common
   * however far one is behind: a million entries.
   */
  static final int MOST_SPARSE_POINTS = 16;

  private static final int SPARSE = 64_000;

  /** So many other members are remembered at most. */
  static final int MOST_MEMBERS = 1_000;

  /** The points of one member. */
  private static final class Points {

    private final Map<Point, Digest> latest = bounded(MOST_POINTS);
    private final Map<Point, Digest> sparse = bounded(MOST_SPARSE_POINTS);

    void put(Point point, Digest digest) {
      boolean isSparse = point.kind() == Kind.STATE && point.index() % SPARSE == 0;
      (isSparse ? sparse : latest).put(point, digest);
    }

    @Nullable Digest get(Point point) {
      Digest digest = latest.get(point);
      return digest == null ? sparse.get(point) : digest;
    }

    private static Map<Point, Digest> bounded(int most) {
      return new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Point, Digest> eldest) {
          return size() > most;
        }
      };
    }
  }

  private final Points own = new Points();
  private final TreeMap<Member, Points> others = new TreeMap<>();

  /** Nothing to compare yet. */
  public Divergence() {}

  /**
   * This member's own digest at a point.
   *
   * @return the first other member that differs; null if none is known to
   */
  public @Nullable Found own(Point point, Digest digest) {
    own.put(point, digest);
    for (Map.Entry<Member, Points> other : others.entrySet()) {
      Digest theirs = other.getValue().get(point);
      if (theirs != null && !theirs.equals(digest)) {
        return new Found(other.getKey(), point);
      }
    }
    return null;
  }

  /**
   * Another member's digest at a point.
   *
   * @return that they differ; null if that is not known
   */
  public @Nullable Found told(Member member, Point point, Digest digest) {
    if (others.size() < MOST_MEMBERS || others.containsKey(member)) {
      others.computeIfAbsent(member, m -> new Points()).put(point, digest);
    }
    Digest ours = own.get(point);
    return ours == null || ours.equals(digest) ? null : new Found(member, point);
  }

  /** A member is gone: what it said is forgotten. */
  public void forget(Member member) {
    others.remove(member);
  }
}

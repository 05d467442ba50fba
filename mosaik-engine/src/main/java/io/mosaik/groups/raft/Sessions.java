package io.mosaik.groups.raft;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Origin;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.LinkedHashMap;

/**
 * The part of a group's replicated state that makes every command count once (S2, §6.3): the last
 * number applied of each origin. It is a state machine itself: the same log gives the same sessions
 * on every replica, and it is snapshotted together with the user's state. Not thread-safe.
 *
 * <p>Sessions that were not used for longest are dropped where there are more than {@link
 * #MAX_SESSIONS} (S3). An origin that was dropped and is still alive sees {@link Verdict#GAP} for a
 * command before which it has none outstanding; it has to begin a new session.
 */
public final class Sessions {

  /** The most sessions that are remembered. */
  public static final int MAX_SESSIONS = 65_536;

  /** A count, then origins and last numbers, the one unused for longest first. */
  public static final Codec<Sessions> CODEC =
      new Codec<>() {
        @Override
        public void encode(Sessions sessions, BinaryWriter out) {
          out.varint(sessions.lastApplied.size());
          sessions.lastApplied.forEach(
              (origin, last) -> out.value(origin, Origin.CODEC).varint(last));
        }

        @Override
        public Sessions decode(BinaryReader in) {
          int count = in.count(MAX_SESSIONS, Origin.BYTES + 1);
          var sessions = new Sessions();
          for (int i = 0; i < count; i++) {
            Origin origin = in.value(Origin.CODEC);
            long last = LogPosition.readNumber(in, "sequence");
            if (sessions.lastApplied.put(origin, last) != null) {
              throw new MalformedException("two sessions of " + origin);
            }
          }
          return sessions;
        }
      };

  /** What to do with a committed command. */
  public enum Verdict {
    /** It is its origin's next: apply it. */
    APPLY,
    /** It was applied before: skip it. */
    DUPLICATE,
    /** One before it is missing: skip it; its origin sends it again. */
    GAP
  }

  // In order of last use, so that every replica drops the same ones.
  private final LinkedHashMap<Origin, Long> lastApplied = new LinkedHashMap<>();

  /** Those of an empty log. */
  public Sessions() {}

  /** Judges the next committed command, and remembers it if it is to be applied. */
  public Verdict admit(Origin origin, long sequence) {
    Long known = lastApplied.get(origin);
    long last = known == null ? 0 : known;
    if (sequence <= last) {
      return Verdict.DUPLICATE;
    }
    if (sequence > last + 1) {
      return Verdict.GAP;
    }
    lastApplied.remove(origin);
    lastApplied.put(origin, sequence);
    if (lastApplied.size() > MAX_SESSIONS) {
      lastApplied.pollFirstEntry();
    }
    return Verdict.APPLY;
  }

  /** The last number applied of an origin; 0 if it has no session. */
  public long lastApplied(Origin origin) {
    return lastApplied.getOrDefault(origin, 0L);
  }

  /** How many origins have a session. */
  public int size() {
    return lastApplied.size();
  }
}

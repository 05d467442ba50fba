package io.mosaik.discovery.sync;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.sync.SyncMessage.PeerVersion;
import io.mosaik.id.PeerId;
import io.mosaik.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One side of one exchange. A pure core: messages in; messages to send and notices to merge out.
 *
 * <pre>
 *   dialler   Fingerprints        one per range of the key space
 *   acceptor  Differing, Versions of the ranges that differ
 *   dialler   Wanted, Notices     what it lacks; what the acceptor lacks
 *   both      Notices, Done       Done when there is nothing left to send
 * </pre>
 *
 * <p>Messages out are taken by {@link #next} one by one, as the link has room for them, so that a
 * large catalog never waits in memory as a whole.
 */
public final class SyncCore {

  private static final int PEERS_PER_RANGE = 16;

  private final CatalogView catalog;
  private final boolean dialler;
  private final ArrayDeque<SyncMessage> outgoing = new ArrayDeque<>();
  private final ArrayDeque<PeerId> toSend = new ArrayDeque<>();
  private final TreeMap<PeerId, EntryVersion> theirs = new TreeMap<>();
  private List<Integer> differing = List.of();
  private int rangeBits;
  private Phase phase;
  private boolean doneSent;
  private boolean doneReceived;

  /** What the core reads of a catalog. */
  public interface CatalogView {

    /** Goes through all that is known, ordered by peer. */
    void forEachVersion(BiConsumer<PeerId, EntryVersion> action);

    /** How many peers {@link #forEachVersion} goes through. */
    int size();

    /** The latest notice of the peer, or null if there is none to pass on. */
    @Nullable Notice notice(PeerId peer);
  }

  private enum Phase {
    /** The acceptor waits for the dialler's fingerprints. */
    FINGERPRINTS,
    /** The dialler waits for the ranges that differ. */
    DIFFERING,
    /** The dialler waits for the acceptor's versions. */
    VERSIONS,
    /** The notices go both ways. */
    NOTICES
  }

  private SyncCore(CatalogView catalog, boolean dialler) {
    this.catalog = catalog;
    this.dialler = dialler;
    this.phase = dialler ? Phase.DIFFERING : Phase.FINGERPRINTS;
  }

  /** The side that dialled and begins. */
  public static SyncCore dialler(CatalogView catalog) {
    var core = new SyncCore(catalog, true);
    core.rangeBits = rangeBitsFor(catalog.size());
    core.outgoing.add(
        new SyncMessage.Fingerprints(core.rangeBits, fingerprints(catalog, core.rangeBits)));
    return core;
  }

  /** The side that was dialled. */
  public static SyncCore acceptor(CatalogView catalog) {
    return new SyncCore(catalog, false);
  }

  /** Whether both sides have sent all. The dialler closes then. */
  public boolean isComplete() {
    return doneSent && doneReceived;
  }

  /**
   * Takes a message.
   *
   * @return the notices to merge
   * @throws MalformedException if the message is out of place
   */
  public List<Notice> received(SyncMessage message) {
    if (doneReceived) {
      throw new MalformedException("a catalog sync message after the last");
    }
    return switch (message) {
      case SyncMessage.Fingerprints m -> {
        expect(Phase.FINGERPRINTS, message);
        compare(m);
        yield List.of();
      }
      case SyncMessage.Differing m -> {
        expect(Phase.DIFFERING, message);
        differing(m);
        yield List.of();
      }
      case SyncMessage.Versions m -> {
        expect(Phase.VERSIONS, message);
        versions(m);
        yield List.of();
      }
      case SyncMessage.Wanted m -> {
        if (dialler || m.peers().size() + toSend.size() > catalog.size()) {
          throw new MalformedException("more notices are wanted than were listed");
        }
        expect(Phase.NOTICES, message);
        toSend.addAll(m.peers());
        yield List.of();
      }
      case SyncMessage.Notices m -> {
        expect(Phase.NOTICES, message);
        yield m.notices();
      }
      case SyncMessage.Done() -> {
        expect(Phase.NOTICES, message);
        doneReceived = true;
        yield List.of();
      }
    };
  }

  /** The next message to send, or null if there is none now. */
  public @Nullable SyncMessage next() {
    SyncMessage message = outgoing.poll();
    if (message != null) {
      return message;
    }
    SyncMessage notices = nextNotices();
    if (notices != null) {
      return notices;
    }
    if (phase == Phase.NOTICES && !doneSent && (dialler || doneReceived)) {
      doneSent = true;
      return new SyncMessage.Done();
    }
    return null;
  }

  private SyncMessage.@Nullable Notices nextNotices() {
    var batch = new ArrayList<Notice>();
    int bytes = 0;
    while (!toSend.isEmpty()
        && batch.size() < SyncMessage.MAX_NOTICES
        && bytes < SyncMessage.FULL_NOTICES_BYTES) {
      Notice notice = catalog.notice(toSend.remove());
      if (notice != null) {
        batch.add(notice);
        bytes += notice.bytes().length + Notice.SIGNATURE_BYTES;
      }
    }
    return batch.isEmpty() ? null : new SyncMessage.Notices(List.copyOf(batch));
  }

  private void expect(Phase expected, SyncMessage message) {
    if (phase != expected) {
      throw new MalformedException(
          "a catalog sync message "
              + message.getClass().getSimpleName()
              + " where "
              + phase
              + " is expected");
    }
  }

  // ---- the acceptor ----

  private void compare(SyncMessage.Fingerprints m) {
    rangeBits = m.rangeBits();
    List<Long> own = fingerprints(catalog, rangeBits);
    var ranges = new ArrayList<Integer>();
    for (int i = 0; i < own.size(); i++) {
      if (!own.get(i).equals(m.fingerprints().get(i))) {
        ranges.add(i);
      }
    }
    outgoing.add(new SyncMessage.Differing(List.copyOf(ranges)));
    phase = Phase.NOTICES;
    if (ranges.isEmpty()) {
      return;
    }
    var versions = new ArrayList<PeerVersion>();
    versionsIn(ranges).forEach((peer, version) -> versions.add(new PeerVersion(peer, version)));
    for (int from = 0; from == 0 || from < versions.size(); from += SyncMessage.MAX_LISTED) {
      int to = Math.min(versions.size(), from + SyncMessage.MAX_LISTED);
      outgoing.add(
          new SyncMessage.Versions(List.copyOf(versions.subList(from, to)), to == versions.size()));
    }
  }

  // ---- the dialler ----

  private void differing(SyncMessage.Differing m) {
    for (int i = 0; i < m.ranges().size(); i++) {
      int range = m.ranges().get(i);
      if (range >= 1 << rangeBits || (i > 0 && range <= m.ranges().get(i - 1))) {
        throw new MalformedException("ranges that are not ascending, or not there");
      }
    }
    differing = m.ranges();
    phase = differing.isEmpty() ? Phase.NOTICES : Phase.VERSIONS;
  }

  private void versions(SyncMessage.Versions m) {
    for (PeerVersion each : m.versions()) {
      if (!theirs.isEmpty() && theirs.lastKey().compareTo(each.peer()) >= 0) {
        throw new MalformedException("versions that are not in ascending order of peers");
      }
      theirs.put(each.peer(), each.version());
    }
    if (m.last()) {
      phase = Phase.NOTICES;
      settle();
    }
  }

  private void settle() {
    SortedMap<PeerId, EntryVersion> ours = versionsIn(differing);
    var wanted = new ArrayList<PeerId>();
    theirs.forEach((peer, version) -> {
      EntryVersion own = ours.get(peer);
      if (own == null || own.compareTo(version) < 0) {
        wanted.add(peer);
      }
    });
    ours.forEach((peer, version) -> {
      EntryVersion other = theirs.get(peer);
      if (other == null || other.compareTo(version) < 0) {
        toSend.add(peer);
      }
    });
    theirs.clear();
    for (int from = 0; from < wanted.size(); from += SyncMessage.MAX_LISTED) {
      int to = Math.min(wanted.size(), from + SyncMessage.MAX_LISTED);
      outgoing.add(new SyncMessage.Wanted(List.copyOf(wanted.subList(from, to))));
    }
  }

  // ---- both ----

  private SortedMap<PeerId, EntryVersion> versionsIn(List<Integer> ranges) {
    var chosen = new TreeSet<>(ranges);
    var versions = new TreeMap<PeerId, EntryVersion>();
    catalog.forEachVersion((peer, version) -> {
      if (chosen.contains(range(peer.toBytes(), rangeBits))) {
        versions.put(peer, version);
      }
    });
    return versions;
  }

  /** As many ranges as keep about {@value #PEERS_PER_RANGE} peers in each. */
  static int rangeBitsFor(int peers) {
    int bits = 0;
    while (bits < SyncMessage.MAX_RANGE_BITS && peers >> bits > PEERS_PER_RANGE) {
      bits++;
    }
    return bits;
  }

  private static int range(byte[] peer, int bits) {
    int first16 = (peer[0] & 0xff) << 8 | (peer[1] & 0xff);
    return first16 >>> (16 - bits);
  }

  /** Of each range the exclusive or of a mix of each peer and version: order does not matter. */
  private static List<Long> fingerprints(CatalogView catalog, int bits) {
    var prints = new long[1 << bits];
    catalog.forEachVersion((peer, version) -> {
      byte[] bytes = peer.toBytes();
      prints[range(bytes, bits)] ^= mix(bytes, version);
    });
    var list = new ArrayList<Long>(prints.length);
    for (long print : prints) {
      list.add(print);
    }
    return List.copyOf(list);
  }

  private static long mix(byte[] peer, EntryVersion version) {
    long hash = 0;
    for (int i = 0; i < peer.length; i += 8) {
      long word = 0;
      for (int j = 0; j < 8; j++) {
        word = word << 8 | (peer[i + j] & 0xff);
      }
      hash = finish(hash ^ word);
    }
    return finish(finish(hash ^ version.startMs()) ^ version.updateMs());
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014), after its increment. */
  private static long finish(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}

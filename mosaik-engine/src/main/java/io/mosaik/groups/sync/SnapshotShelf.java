package io.mosaik.groups.sync;

import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that others may read here: the latest, and older ones as long as somebody reads
 * them. An older one goes when it has not been read for {@link #TTL} since it was replaced, and at
 * once when there would be more than {@value #MOST_OLDER} of them: whoever read it starts with a
 * newer one. Not thread-safe.
 */
public final class SnapshotShelf {

  /** How long after its last chunk was read an older snapshot is kept. */
  public static final Duration TTL = Duration.ofSeconds(10);

  static final int MOST_OLDER = 2;

  private static final class Kept {
    final SnapshotManifest manifest;
    final Digest digest;

    /** When it was read last, or was replaced: it is of no meaning for the latest. */
    long readNs;

    Kept(SnapshotManifest manifest) {
      this.manifest = manifest;
      digest = manifest.digest();
    }
  }

  /** The oldest first. */
  private final ArrayList<Kept> kept = new ArrayList<>();

  /** Without any snapshot yet. */
  public SnapshotShelf() {}

  /** The latest; null if there is none. */
  public @Nullable SnapshotManifest latest() {
    return kept.isEmpty() ? null : kept.getLast().manifest;
  }

  /**
   * Puts a newer snapshot in the place of the latest.
   *
   * @return the snapshots to drop
   */
  public List<SnapshotManifest> replace(SnapshotManifest next, long nowNs) {
    var fresh = new Kept(next);
    kept.removeIf(old -> old.digest.equals(fresh.digest));
    if (!kept.isEmpty()) {
      kept.getLast().readNs = nowNs;
    }
    kept.add(fresh);
    return expire(nowNs);
  }

  /**
   * Takes everything away; the snapshots stay where they are stored.
   *
   * @return what was here
   */
  public List<SnapshotManifest> clear() {
    List<SnapshotManifest> all = kept.stream().map(each -> each.manifest).toList();
    kept.clear();
    return all;
  }

  /**
   * Somebody wants a chunk.
   *
   * @param digest of the manifest
   * @return the snapshot; null if it is not here, or has no such chunk
   */
  public @Nullable SnapshotManifest read(Digest digest, int chunk, long nowNs) {
    for (Kept each : kept) {
      if (each.digest.equals(digest) && chunk < each.manifest.chunks().size()) {
        each.readNs = nowNs;
        return each.manifest;
      }
    }
    return null;
  }

  /**
   * Lets go of what nobody reads any more.
   *
   * @return the snapshots to drop
   */
  public List<SnapshotManifest> expire(long nowNs) {
    List<SnapshotManifest> dropped = new ArrayList<>();
    for (Iterator<Kept> each = kept.iterator(); each.hasNext(); ) {
      Kept old = each.next();
      boolean isRead = nowNs - old.readNs < TTL.toNanos();
      if (each.hasNext() && (!isRead || kept.size() > MOST_OLDER + 1)) {
        each.remove();
        dropped.add(old.manifest);
      }
    }
    return dropped;
  }

  /** Whether {@link #expire} has something to do later. */
  public boolean hasOlder() {
    return kept.size() > 1;
  }
}

package io.mosaik.groups.raft;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.SnapshotManifest;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the log before its first entry. All of it is committed.
 *
 * @param position of the last entry before
 * @param lineage of the log; {@link Lineage#NONE} where nothing is before
 * @param committee that is in force there; null where nothing is before
 * @param committeeIndex of the entry that named it
 */
record LogBase(
    LogPosition position, Lineage lineage, @Nullable Committee committee, long committeeIndex) {

  /** Nothing is before. */
  static final LogBase NONE = new LogBase(LogPosition.START, Lineage.NONE, null, 0);

  static LogBase of(SnapshotManifest snapshot) {
    return new LogBase(
        snapshot.position(), snapshot.lineage(), snapshot.committee(), snapshot.committeeIndex());
  }

  long index() {
    return position.index();
  }
}

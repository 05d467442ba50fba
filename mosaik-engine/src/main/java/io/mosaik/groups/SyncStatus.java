package io.mosaik.groups;

/**
 * What a member holds of the log, and how far it is with what it lacks.
 *
 * @param heldEntries how many entries of the log it holds in memory
 * @param heldBytes how many bytes these have
 * @param snapshotIndex the last position that its latest snapshot covers; 0 if it has none
 * @param fetchedBytes how much it has of the snapshot that it is fetching
 * @param fetchBytes how large that is; 0 if it is fetching none
 * @param diverged whether its state was found to differ from another member's after the same
 *     commands: the machine is not deterministic, or memory or a disk is broken
 */
public record SyncStatus(
    long heldEntries,
    long heldBytes,
    long snapshotIndex,
    long fetchedBytes,
    long fetchBytes,
    boolean diverged) {

  /** That of a member that has nothing yet. */
  public static final SyncStatus NONE = new SyncStatus(0, 0, 0, 0, 0, false);

  /** Whether it is fetching a snapshot. */
  public boolean fetching() {
    return fetchBytes > 0;
  }
}

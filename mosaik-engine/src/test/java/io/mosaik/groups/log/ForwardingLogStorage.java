package io.mosaik.groups.log;

import org.jspecify.annotations.Nullable;

/** Does what another storage does: to be changed in places. */
public class ForwardingLogStorage implements LogStorage {

  private final LogStorage to;

  /** Of this one. */
  public ForwardingLogStorage(LogStorage to) {
    this.to = to;
  }

  @Override
  public StoredLog open(long newIncarnation) {
    return to.open(newIncarnation);
  }

  @Override
  public boolean isDurable() {
    return to.isDurable();
  }

  @Override
  public void write(LogWrite write) {
    to.write(write);
  }

  @Override
  public void sync(SyncListener listener) {
    to.sync(listener);
  }

  @Override
  public void prune(long throughIndex) {
    to.prune(throughIndex);
  }

  @Override
  public SnapshotWriter newSnapshot() {
    return to.newSnapshot();
  }

  @Override
  public byte @Nullable [] readSnapshot(SnapshotManifest manifest, int chunk) {
    return to.readSnapshot(manifest, chunk);
  }

  @Override
  public void dropSnapshot(SnapshotManifest manifest) {
    to.dropSnapshot(manifest);
  }

  @Override
  public void archive() {
    to.archive();
  }

  @Override
  public void close() {
    to.close();
  }
}

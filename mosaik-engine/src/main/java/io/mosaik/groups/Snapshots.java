package io.mosaik.groups;

import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.raft.RaftStatus;
import io.mosaik.groups.sync.Divergence;
import io.mosaik.groups.sync.SnapshotFetch;
import io.mosaik.groups.sync.SyncMessage;
import io.mosaik.groups.sync.SyncMessage.StateAt;
import io.mosaik.id.GroupId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of a membership that concerns snapshots: takes its own when consensus cuts the log, gets
 * those of others when consensus lacks one, and gives its own to them. On the group's strand, but
 * for what says otherwise.
 */
final class Snapshots implements GroupBonds.Beside {

  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  private static final int MOST_TOLD = 1_000;

  /** Who does what this can't. */
  interface Outlet {

    void send(Member to, SyncMessage message);

    void broadcast(SyncMessage message);

    void tell(Input input);

    /** The member can go on no further. */
    void broken(String reason);
  }

  private final GroupId id;
  private final Strand strand;
  private final Strand disk;
  private final Strand readers;
  private final Executor callbacks;
  private final Outlet outlet;
  private final @Nullable SyncListener listener;
  private final LogStorage storage;
  private final SnapshotTaker taker;
  private final SnapshotExchange exchange;

  /** How far it is with entries, until the listener has been told. */
  private final AtomicReference<@Nullable LogProgress> untold = new AtomicReference<>();

  private @Nullable Lineage divergedIn;

  /** Of whom was said that it differs. */
  private final LinkedHashSet<Diverged> told = new LinkedHashSet<>();

  private record Diverged(Member member, Lineage lineage) {}

  /** Nothing is stored yet. */
  Snapshots(
      GroupSettings<?, ?, ?, ?> settings,
      Platform platform,
      Strand strand,
      Executor callbacks,
      MachineActivity activity,
      Outlet outlet) {
    id = settings.id();
    this.strand = strand;
    this.callbacks = callbacks;
    this.outlet = outlet;
    listener = settings.syncListener();
    disk = platform.newUserStrand("group-disk-" + id.toShortString());
    readers = platform.newUserStrand("group-readers-" + id.toShortString());
    storage = settings.storage();
    taker =
        new SnapshotTaker(
            strand, disk, activity, storage, this::stored, outlet::broken, this::cutEnded);
    exchange =
        new SnapshotExchange(strand, disk, readers, platform.clock(), storage, new Exchange());
  }

  /** Where the machine reads the snapshot that it starts from; on any strand that may block. */
  byte @Nullable [] read(SnapshotManifest manifest, int chunk) {
    return storage.readSnapshot(manifest, chunk);
  }

  /** Consensus asks for a snapshot; without effect where it can't be taken now. */
  void cut(Effect.Cut cut, Consumer<Effect.Cut> machine) {
    if (exchange.fetching() == null && taker.begin()) {
      exchange.discard();
      machine.accept(cut);
    } else if (!taker.isBusy()) {
      cutEnded();
    }
  }

  private void cutEnded() {
    outlet.tell(new Input.CutEnded());
  }

  /** The machine's answer, on its strand; null if it has none. */
  void imaged(Effect.Cut cut, @Nullable MachineImage image) {
    taker.take(cut, image);
  }

  private void stored(SnapshotManifest manifest) {
    exchange.present(manifest);
    outlet.tell(new Input.SnapshotStored(manifest));
  }

  void fetch(Effect.FetchSnapshot fetch) {
    log.info(
        "Group {}: the log goes on behind {}, which is fetched",
        id.toShortString(),
        fetch.snapshot());
    taker.whenIdle(() -> exchange.fetch(fetch.snapshot(), fetch.from()));
  }

  /** Entries came without a snapshot: whoever listens hears that too, the latest if it is slow. */
  void entriesFetched(Effect.EntriesFetched fetched) {
    if (listener == null) {
      return;
    }
    var progress =
        new LogProgress(
            fetched.from(),
            fetched.to(),
            fetched.index(),
            fetched.bytes(),
            fetched.source().peer());
    if (untold.getAndSet(progress) == null) {
      callbacks.execute(() -> listener.caughtUp(Objects.requireNonNull(untold.getAndSet(null))));
    }
  }

  void abandonFetch() {
    taker.whenIdle(() -> {});
    exchange.discard();
  }

  /** The machine starts over from this one, which is stored; null for the beginning of a log. */
  void startsFrom(@Nullable SnapshotManifest manifest) {
    taker.discard();
    if (manifest == null) {
      exchange.forget();
    } else {
      exchange.pin(manifest);
    }
  }

  /** The machine has read it. */
  void restored(SnapshotManifest manifest) {
    exchange.unpin(manifest);
  }

  @Override
  public void bonded(Member member) {
    exchange.bonded(member);
  }

  @Override
  public void unbonded(Member member) {
    exchange.unbonded(member);
  }

  @Override
  public void received(Member from, SyncMessage message) {
    exchange.received(from, message);
  }

  /**
   * This member's state at an index; from any strand. Where logs part by policy, an index says too
   * little to compare states by.
   */
  void digested(StateAt state) {
    if (!state.lineage().equals(Lineage.BONDED)) {
      strand.execute(() -> exchange.digested(state));
    }
  }

  /** How far it is; also takes note of who leads. */
  SyncStatus status(RaftStatus raft) {
    exchange.ledBy(raft.leader());
    SnapshotManifest latest = exchange.latest();
    SnapshotFetch fetch = exchange.fetching();
    return new SyncStatus(
        raft.last().index() - raft.base().index(),
        raft.heldBytes(),
        latest == null ? 0 : latest.position().index(),
        fetch == null ? 0 : fetch.writtenBytes(),
        fetch == null ? 0 : fetch.manifest().sizeBytes(),
        raft.lineage().equals(divergedIn));
  }

  void close() {
    disk.close();
    readers.close();
  }

  /** What the exchange wants done. */
  private final class Exchange implements SnapshotExchange.Outlet {

    @Override
    public void send(Member to, SyncMessage message) {
      outlet.send(to, message);
    }

    @Override
    public void broadcast(SyncMessage message) {
      outlet.broadcast(message);
    }

    @Override
    public void tell(Input input) {
      outlet.tell(input);
    }

    @Override
    public void diverged(Divergence.Found found) {
      divergedIn = found.point().lineage();
      if (!told.add(new Diverged(found.member(), divergedIn))) {
        return; // They differ from there on, and that was said.
      }
      if (told.size() > MOST_TOLD) {
        told.removeFirst();
      }
      log.error(
          "Group {}: this member and {} have applied the same entries up to {} and differ ({}): the"
              + " machine is not deterministic, or memory or a disk is broken. Find out which of the"
              + " two is right, and restart the other without its log",
          id.toShortString(),
          found.member().peer().toShortString(),
          found.point().index(),
          found.point().kind());
    }

    @Override
    public void fetched(SnapshotManifest manifest, long bytes) {
      if (listener != null) {
        callbacks.execute(
            () -> listener.fetched(manifest.position().index(), bytes, manifest.sizeBytes()));
      }
    }

    @Override
    public void broken(String reason) {
      outlet.broken(reason);
    }
  }
}

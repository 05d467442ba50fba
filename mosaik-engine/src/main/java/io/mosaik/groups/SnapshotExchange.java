package io.mosaik.groups;

import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.SnapshotWriter;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.sync.Divergence;
import io.mosaik.groups.sync.FetchEffect;
import io.mosaik.groups.sync.SnapshotFetch;
import io.mosaik.groups.sync.SnapshotShelf;
import io.mosaik.groups.sync.SyncMessage;
import io.mosaik.groups.sync.SyncMessage.Chunk;
import io.mosaik.groups.sync.SyncMessage.ChunkRequest;
import io.mosaik.groups.sync.SyncMessage.Gone;
import io.mosaik.groups.sync.SyncMessage.Held;
import io.mosaik.groups.sync.SyncMessage.StateAt;
import io.mosaik.id.Digest;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots that members give each other: serves those that are stored here, fetches the one
 * that consensus wants, and compares digests. Everything on the group's strand; what touches the
 * storage runs on two strands of its own, one that writes and one that reads for others.
 */
final class SnapshotExchange {

  private static final Logger log = LoggerFactory.getLogger(SnapshotExchange.class);

  /** So many chunks are read for one member at once; what it asks beyond is not answered. */
  private static final int MOST_READS_PER_MEMBER = 8;

  /** Who does what this can't. */
  interface Outlet {

    void send(Member to, SyncMessage message);

    void broadcast(SyncMessage message);

    void tell(Input input);

    /** Two members have applied the same and differ. */
    void diverged(Divergence.Found found);

    /** So much of a snapshot is here. */
    void fetched(SnapshotManifest manifest, long bytes);

    /** The storage can't keep its promises any more. */
    void broken(String reason);
  }

  /** A snapshot that is being fetched, or was when it was given up. */
  private static final class Session {
    final SnapshotManifest manifest;
    final Digest digest;
    SnapshotFetch core;

    /** Touched on the disk's strand alone. */
    @Nullable SnapshotWriter writer;

    @Nullable Timer timer;

    Session(SnapshotManifest manifest) {
      this.manifest = manifest;
      digest = manifest.digest();
      core = new SnapshotFetch(manifest, new BitSet());
    }
  }

  private final Strand strand;
  private final Strand disk;
  private final Strand readers;
  private final Clock clock;
  private final LogStorage storage;
  private final Outlet outlet;
  private final SnapshotShelf shelf = new SnapshotShelf();
  private final Divergence divergence = new Divergence();

  /** The latest snapshot that each bonded member has said that it has; null if none. */
  private final TreeMap<Member, @Nullable Held> peers = new TreeMap<>();

  /** What the machine reads or is going to, and what of that is to be dropped then. */
  private final List<SnapshotManifest> pinned = new ArrayList<>();

  private final List<SnapshotManifest> unwanted = new ArrayList<>();

  /** Of no use any more: each is dropped when another is stored in its place. */
  private final List<SnapshotManifest> forgotten = new ArrayList<>();

  private final TreeMap<Member, Integer> reads = new TreeMap<>();
  private @Nullable Held held;
  private @Nullable Session session;
  private @Nullable Timer shelfTimer;
  private @Nullable Member leader;

  SnapshotExchange(
      Strand strand, Strand disk, Strand readers, Clock clock, LogStorage storage, Outlet outlet) {
    this.strand = strand;
    this.disk = disk;
    this.readers = readers;
    this.clock = clock;
    this.storage = storage;
    this.outlet = outlet;
  }

  /** The latest snapshot that is stored here; null if none is. */
  @Nullable SnapshotManifest latest() {
    return shelf.latest();
  }

  /** The fetch that is under way; null if none is. */
  @Nullable SnapshotFetch fetching() {
    return session != null && !session.core.isOver() ? session.core : null;
  }

  /** Who leads now, as far as is known: it is spared. */
  void ledBy(@Nullable Member member) {
    leader = member;
    if (session != null) {
      session.core.ledBy(member);
    }
  }

  // What is stored here

  /** A snapshot is stored, and the latest: others may have it. */
  void present(SnapshotManifest manifest) {
    shelf.replace(manifest, clock.nanoTime()).forEach(this::drop);
    armShelfTimer();
    forgotten.remove(manifest);
    forgotten.forEach(this::drop);
    forgotten.clear();
    held = new Held(manifest.lineage(), manifest.position(), manifest.digest());
    outlet.broadcast(held);
    report(divergence.own(point(held), held.snapshot()));
  }

  /** The machine starts from a stored snapshot, and reads it until {@link #unpin}. */
  void pin(SnapshotManifest manifest) {
    pinned.add(manifest);
    if (shelf.latest() == null) {
      present(manifest);
    }
  }

  /** The machine has read it. */
  void unpin(SnapshotManifest manifest) {
    pinned.remove(manifest);
    if (!pinned.contains(manifest) && unwanted.remove(manifest)) {
      drop(manifest);
    }
  }

  /** The log was given up for another: nothing of it is told any more. */
  void forget() {
    held = null;
    forgotten.addAll(shelf.clear());
  }

  /** When the reads that were asked for before are through, and the machine's own. */
  private void drop(SnapshotManifest old) {
    if (pinned.contains(old)) {
      unwanted.add(old);
    } else {
      readers.execute(() -> disk.execute(() -> storage.dropSnapshot(old)));
    }
  }

  private void armShelfTimer() {
    if (shelf.hasOlder() && shelfTimer == null) {
      shelfTimer =
          strand.schedule(
              SnapshotShelf.TTL,
              () -> {
                shelfTimer = null;
                shelf.expire(clock.nanoTime()).forEach(this::drop);
                armShelfTimer();
              });
    }
  }

  private static Divergence.Point point(Held held) {
    LogPosition at = held.position();
    return new Divergence.Point(Divergence.Kind.SNAPSHOT, held.lineage(), at.term(), at.index());
  }

  private static Divergence.Point point(StateAt state) {
    return new Divergence.Point(Divergence.Kind.STATE, state.lineage(), 0, state.index());
  }

  /** This member's state at a position. */
  void digested(StateAt state) {
    outlet.broadcast(state);
    report(divergence.own(point(state), state.state()));
  }

  private void report(Divergence.@Nullable Found found) {
    if (found != null) {
      outlet.diverged(found);
    }
  }

  // Members

  void bonded(Member member) {
    peers.put(member, null);
    if (held != null) {
      outlet.send(member, held);
    }
  }

  void unbonded(Member member) {
    peers.remove(member);
    reads.remove(member);
    divergence.forget(member);
    if (session != null) {
      var out = new ArrayList<FetchEffect>();
      session.core.gone(member, clock.nanoTime(), out);
      carryOut(session, out);
    }
  }

  void received(Member from, SyncMessage message) {
    switch (message) {
      case ChunkRequest request -> serve(from, request);
      case Chunk chunk -> {
        Session open = sessionOf(chunk.snapshot());
        if (open != null && chunk.chunk() < open.manifest.chunks().size()) {
          var out = new ArrayList<FetchEffect>();
          open.core.arrived(from, chunk.chunk(), chunk.bytes(), clock.nanoTime(), out);
          carryOut(open, out);
        }
      }
      case Gone gone -> {
        Session open = sessionOf(gone.snapshot());
        if (open != null) {
          var out = new ArrayList<FetchEffect>();
          open.core.dropped(from, clock.nanoTime(), out);
          carryOut(open, out);
        }
      }
      case Held told -> {
        peers.replace(from, told);
        Session open = sessionOf(told.snapshot());
        if (open != null) {
          var out = new ArrayList<FetchEffect>();
          open.core.held(from, clock.nanoTime(), out);
          carryOut(open, out);
        }
        report(divergence.told(from, point(told), told.snapshot()));
      }
      case StateAt state -> report(divergence.told(from, point(state), state.state()));
    }
  }

  private @Nullable Session sessionOf(Digest digest) {
    return session != null && session.digest.equals(digest) ? session : null;
  }

  private void serve(Member from, ChunkRequest request) {
    SnapshotManifest manifest = shelf.read(request.snapshot(), request.chunk(), clock.nanoTime());
    if (manifest == null) {
      outlet.send(from, new Gone(request.snapshot()));
      return;
    }
    if (reads.merge(from, 1, Integer::sum) > MOST_READS_PER_MEMBER) {
      reads.merge(from, -1, Integer::sum);
      return;
    }
    readers.execute(() -> {
      byte[] bytes = null;
      try {
        bytes = storage.readSnapshot(manifest, request.chunk());
      } catch (LogStorageException e) {
        strand.execute(() -> outlet.broken("its log storage failed: " + e.getMessage()));
      } finally {
        byte[] read = bytes;
        strand.execute(() -> {
          reads.computeIfPresent(from, (member, count) -> count == 1 ? null : count - 1);
          outlet.send(
              from,
              read == null
                  ? new Gone(request.snapshot())
                  : new Chunk(request.snapshot(), request.chunk(), read));
        });
      }
    });
  }

  // Fetching

  /** Gets a snapshot; goes on with what an earlier attempt has written of it. */
  void fetch(SnapshotManifest manifest, Member from) {
    Session before = session;
    Session fresh;
    if (before != null && before.manifest.equals(manifest)) {
      before.core = new SnapshotFetch(manifest, before.core.written());
      fresh = before;
    } else {
      discard();
      fresh = new Session(manifest);
      disk.execute(() -> onDisk(() -> fresh.writer = storage.newSnapshot()));
    }
    session = fresh;
    long nowNs = clock.nanoTime();
    var out = new ArrayList<FetchEffect>();
    fresh.core.ledBy(leader);
    fresh.core.held(from, nowNs, out);
    for (Map.Entry<Member, @Nullable Held> peer : peers.entrySet()) {
      Held told = peer.getValue();
      if (told != null && told.snapshot().equals(fresh.digest)) {
        fresh.core.held(peer.getKey(), nowNs, out);
      }
    }
    fresh.core.start(nowNs, out);
    carryOut(fresh, out);
  }

  /** Forgets what is being fetched, and what was written of it. */
  void discard() {
    Session old = session;
    session = null;
    if (old != null) {
      cancel(old);
      disk.execute(() -> {
        if (old.writer != null) {
          old.writer.abort();
        }
      });
    }
  }

  private static void cancel(Session old) {
    if (old.timer != null) {
      old.timer.cancel();
      old.timer = null;
    }
  }

  private void carryOut(Session open, List<FetchEffect> effects) {
    for (FetchEffect effect : effects) {
      switch (effect) {
        case FetchEffect.Ask ask ->
            outlet.send(ask.member(), new ChunkRequest(open.digest, ask.chunk()));
        case FetchEffect.Write write -> disk.execute(() -> onDisk(() -> write(open, write)));
        case FetchEffect.Complete complete -> {
          cancel(open);
          disk.execute(() -> onDisk(() -> finish(open)));
        }
        case FetchEffect.GiveUp gaveUp -> {
          cancel(open);
          log.debug("Nobody has {} any more", open.manifest);
          outlet.tell(new Input.SnapshotLost(open.manifest));
        }
        case FetchEffect.Corrupt corrupt ->
            log.warn(
                "{} sent a chunk {} of {} that is not what it should be; it is asked no more",
                corrupt.member(),
                corrupt.chunk(),
                open.manifest);
        case FetchEffect.SetTimer timer -> setTimer(open, Duration.ofNanos(timer.delayNs()));
      }
    }
  }

  private void setTimer(Session open, Duration delay) {
    cancel(open);
    open.timer =
        strand.schedule(
            delay,
            () -> {
              open.timer = null;
              var out = new ArrayList<FetchEffect>();
              open.core.onTimer(clock.nanoTime(), out);
              carryOut(open, out);
            });
  }

  /** On the disk's strand. */
  private void onDisk(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      strand.execute(() -> outlet.broken("its log storage failed: " + e.getMessage()));
    }
  }

  private void write(Session open, FetchEffect.Write write) {
    if (open.writer == null) {
      return;
    }
    open.writer.write(write.offset(), write.bytes());
    strand.execute(() -> {
      if (session == open) {
        var out = new ArrayList<FetchEffect>();
        open.core.written(write.chunk(), clock.nanoTime(), out);
        outlet.fetched(open.manifest, open.core.writtenBytes());
        carryOut(open, out);
      }
    });
  }

  private void finish(Session open) {
    if (open.writer == null) {
      return;
    }
    open.writer.finish(open.manifest);
    strand.execute(() -> {
      if (session == open) {
        session = null;
        present(open.manifest);
        outlet.tell(new Input.SnapshotStored(open.manifest));
      } else {
        forgotten.add(open.manifest); // it was abandoned when it was complete
      }
    });
  }
}

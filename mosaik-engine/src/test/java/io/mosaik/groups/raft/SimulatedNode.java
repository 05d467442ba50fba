package io.mosaik.groups.raft;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node of a {@link RaftWorld}: the core while it runs, its disk, and what its user sees. */
final class SimulatedNode {

  record StartedRead(Lineage lineage, long knownCommitted) {}

  final int number;
  final PeerId peer;
  final boolean observer;
  final int reluctance;
  SimulatedDisk disk = new SimulatedDisk();

  /** Null while it is down. */
  @Nullable Raft core;

  Member member;

  /** Counts starts and crashes: what was scheduled for an earlier run is void. */
  int run;

  /** Whether it is down and its disk is lost. */
  boolean diskLost;

  /** Effects that wait for the disk. */
  EffectQueue effects = new EffectQueue();

  boolean syncing;

  /** For each kind of timer, the number of its latest setting. */
  final Map<TimerKind, Long> timers = new HashMap<>();

  /** The bonded nodes, as this node knows. */
  final ArrayList<SimulatedNode> bonded = new ArrayList<>();

  final List<Entry> applied = new ArrayList<>();

  /** Of the log that it has applied last. */
  Lineage appliedLineage = Lineage.NONE;

  final List<String> commands = new ArrayList<>();
  Sessions sessions = new Sessions();
  final Map<Long, StartedRead> reads = new HashMap<>();
  final List<Long> readsReady = new ArrayList<>();
  final List<Long> readsFailed = new ArrayList<>();
  final List<Effect> told = new ArrayList<>();
  final List<Effect.Recovered> recovered = new ArrayList<>();
  final List<Effect.Reverted> reverted = new ArrayList<>();

  /** How many messages it has received. */
  long received;

  /** Whether its vote and its copies count nowhere in its lineage. */
  boolean observes;

  boolean leaveReady;

  /** Whether a snapshot is being written. */
  boolean cutting;

  /** Whether the machine has started over since that was begun. */
  boolean cutIsVoid;

  /** The snapshot that its machine starts over from; null if it doesn't. */
  @Nullable SnapshotManifest restoring;

  /** The snapshot that is being fetched. */
  @Nullable SnapshotManifest fetching;

  long ledTerm = -1;

  /** What was seen of its log since it started. */
  LogMatching.Seen log;

  boolean flushDue;

  /** How fast its clock goes. */
  double clockRate = 1;

  SimulatedNode(int number, PeerId peer, boolean observer, int reluctance, LogMatching.Seen log) {
    this.log = log;
    this.number = number;
    this.peer = peer;
    this.observer = observer;
    this.reluctance = reluctance;
    member = new Member(peer, 0);
  }

  boolean isUp() {
    return core != null;
  }

  Raft core() {
    if (core == null) {
      throw new IllegalStateException("node " + number + " is down");
    }
    return core;
  }

  /** Of its log, on its disk while it is down. */
  Lineage lineage() {
    return core == null ? disk.lineage() : core.state().log.lineage();
  }

  RaftStatus status() {
    return core().status();
  }

  @Override
  public String toString() {
    return "node " + number + (core == null ? " (down)" : " " + core.status());
  }
}

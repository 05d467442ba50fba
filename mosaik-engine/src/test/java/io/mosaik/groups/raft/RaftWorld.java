package io.mosaik.groups.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A group of cores in virtual time, without threads: bonds with latency that can be cut, disks that
 * take time and forget, crashes and restarts. One seed decides everything. The {@link Invariants}
 * are checked at every step.
 */
final class RaftWorld {

  /** Millisecond-sized timeouts: walks are short, and virtual time costs nothing. */
  static final ConsensusConfig FAST =
      ConsensusConfig.builder()
          .heartbeatInterval(Duration.ofMillis(50))
          .heartbeatJitter(Duration.ofMillis(15))
          .maxMissedHeartbeats(10)
          .electionTimeout(Duration.ofMillis(200))
          .electionTimeoutJitter(Duration.ofMillis(100))
          .forwardTimeout(Duration.ofMillis(200))
          .queryTimeout(Duration.ofMillis(200))
          .bootstrapDelay(Duration.ofMillis(100))
          .bootstrapExpect(1)
          .build();

  private static final long MS = 1_000_000L;

  private record Event(long atNs, long order, Runnable action) {}

  /** The state of the connection of two nodes. */
  private static final class Bond {
    final SimulatedNode low;
    final SimulatedNode high;

    /** While cut, no bond forms. */
    boolean cut;

    /** Odd while there is a bond. */
    int generation;

    /** The ends that have not yet noticed that the bond is gone. */
    int unaware;

    boolean dialling;
    final long[] lastDeliveryNs = new long[2];

    Bond(SimulatedNode low, SimulatedNode high) {
      this.low = low;
      this.high = high;
    }

    boolean isUp() {
      return (generation & 1) == 1;
    }
  }

  final ConsensusConfig config;
  final SplittableRandom random;
  final Set<Rule> broken;
  final Invariants invariants;
  private final LogMatching matching = new LogMatching();
  final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Bond> bonds = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
  private final List<Effect> out = new ArrayList<>();

  long nowNs;
  long steps;
  private long order;
  private long nextCommand = 1;
  private long nextToken = 1;

  long latencyFromNs = MS;
  long latencyToNs = 10 * MS;
  long syncToNs;

  /** So many entries fit into a message. */
  int batchEntries = Message.MAX_BATCH_ENTRIES;

  /** How long it takes at most until an end notices that its bond is gone. */
  long noticeToNs = 500 * MS;

  double duplicate;

  /** Whether all nodes say that their logs outlive them. */
  boolean durable;

  /** How much of the log each node holds. */
  LogBounds bounds = LogBounds.NONE;

  /** How long it takes at most to write or fetch a snapshot. */
  long snapshotToNs = 100 * MS;

  /** How many snapshots came from another node. */
  int snapshotsFetched;

  /** How many answers brought entries from further on than the asker's log reached. */
  int rangesFetched;

  /** Whether several inputs share a flush, as in a shell that is busy. */
  boolean sharedTurns;

  private long turnToNs = 2 * MS;
  double encodeShare = 0.02;

  RaftWorld(long seed, ConsensusConfig config, Set<Rule> broken) {
    this.config = config;
    this.broken = broken;
    random = new SplittableRandom(seed);
    invariants =
        switch (config.quorumPolicy()) {
          case COMMITTED -> new Invariants(broken, nodes);
          case BONDED -> new BondedInvariants(broken);
        };
  }

  static RaftWorld of(long seed, int nodes, ConsensusConfig config) {
    var world = new RaftWorld(seed, config, EnumSet.noneOf(Rule.class));
    IntStream.range(0, nodes).forEach(i -> world.add(false));
    return world;
  }

  // Nodes

  SimulatedNode add(boolean observer) {
    return add(observer, 1);
  }

  /** Adds a node, starts it and lets it bond with all others. */
  SimulatedNode add(boolean observer, int reluctance) {
    var id = new byte[PeerId.LENGTH];
    random.nextBytes(id);
    var node =
        new SimulatedNode(
            nodes.size(), PeerId.ofBytes(id), observer, reluctance, matching.new Seen());
    for (SimulatedNode other : nodes) {
      bonds.add(new Bond(other, node));
    }
    nodes.add(node);
    start(node);
    return node;
  }

  void start(SimulatedNode node) {
    if (node.isUp()) {
      return;
    }
    var stored = node.disk.open(random.nextLong());
    node.run++;
    node.diskLost = false;
    node.member = new Member(node.peer, stored.incarnation());
    var options =
        new RaftOptions(
            node.member, random.nextLong(), node.observer, node.reluctance, durable, bounds);
    try {
      node.core = new Raft(config, options, stored, random.split(), broken);
    } catch (LogStorageException e) {
      throw new Invariants.ViolatedException(node + " can't start again: " + e.getMessage());
    }
    node.core.state().log.batchEntries = batchEntries;
    node.applied.clear();
    node.commands.clear();
    node.sessions = new Sessions();
    node.reads.clear();
    node.told.clear();
    node.leaveReady = false;
    node.cutting = false;
    node.cutIsVoid = false;
    node.fetching = null;
    node.ledTerm = -1;
    node.log = matching.new Seen();
    node.flushDue = false;
    node.restoring = null;
    out.clear();
    node.core.start(clock(node), out);
    carryOut(node);
    redial(node);
  }

  /** Stops a node without a word. With its disk it keeps at least what was synced. */
  void crash(SimulatedNode node, boolean keepDisk) {
    if (!node.isUp()) {
      return;
    }
    node.core = null;
    node.run++;
    node.effects = new EffectQueue();
    node.syncing = false;
    node.timers.clear();
    node.bonded.clear();
    node.diskLost = !keepDisk;
    if (keepDisk) {
      node.disk.crash(random);
    } else {
      node.disk = new SimulatedDisk();
    }
    for (Bond bond : bonds) {
      if (bond.low == node || bond.high == node) {
        drop(bond);
      }
    }
  }

  /** Says goodbye, as a shell does once its core is ready to leave, and stops. */
  void depart(SimulatedNode node) {
    Member member = node.member;
    for (SimulatedNode other : List.copyOf(node.bonded)) {
      int run = other.run;
      long atNs =
          Math.max(nowNs + latencyNs(), bond(node, other).lastDeliveryNs[side(node, other)]);
      at(atNs, () -> ifRunning(other, run, () -> input(other, new Input.Departed(member))));
    }
    runFor(Duration.ofNanos(2 * latencyToNs));
    crash(node, true);
  }

  // Bonds

  private Bond bond(SimulatedNode a, SimulatedNode b) {
    int low = Math.min(a.number, b.number);
    int high = Math.max(a.number, b.number);
    return bonds.get(high * (high - 1) / 2 + low);
  }

  private static int side(SimulatedNode from, SimulatedNode to) {
    return from.number < to.number ? 0 : 1;
  }

  void cut(SimulatedNode a, SimulatedNode b) {
    Bond bond = bond(a, b);
    bond.cut = true;
    drop(bond);
  }

  void heal(SimulatedNode a, SimulatedNode b) {
    Bond bond = bond(a, b);
    bond.cut = false;
    dial(bond);
  }

  /** Breaks a bond, which forms again by itself. */
  void flap(SimulatedNode a, SimulatedNode b) {
    drop(bond(a, b));
  }

  void isolate(SimulatedNode node) {
    partition(List.of(node));
  }

  /** Cuts these nodes off from all others. */
  void partition(List<SimulatedNode> side) {
    for (Bond bond : bonds) {
      if (side.contains(bond.low) != side.contains(bond.high)) {
        cut(bond.low, bond.high);
      }
    }
  }

  void healAll() {
    for (Bond bond : bonds) {
      heal(bond.low, bond.high);
    }
  }

  private void redial(SimulatedNode node) {
    for (Bond bond : bonds) {
      if (bond.low == node || bond.high == node) {
        dial(bond);
      }
    }
  }

  private void drop(Bond bond) {
    if (!bond.isUp()) {
      return;
    }
    bond.generation++;
    notice(bond, bond.low, bond.high);
    notice(bond, bond.high, bond.low);
    if (bond.unaware == 0) {
      dial(bond);
    }
  }

  private void notice(Bond bond, SimulatedNode end, SimulatedNode other) {
    if (!end.isUp()) {
      return;
    }
    bond.unaware++;
    Member lost = other.member;
    int run = end.run;
    // A crashed end never notices; what it knew is gone with it.
    at(
        nowNs + random.nextLong(noticeToNs + 1),
        () -> {
          bond.unaware--;
          ifRunning(
              end,
              run,
              () -> {
                end.bonded.remove(other);
                input(end, new Input.BondDown(lost));
              });
          dial(bond);
        });
  }

  private void dial(Bond bond) {
    if (bond.cut || bond.isUp() || bond.dialling || bond.unaware > 0) {
      return;
    }
    if (!bond.low.isUp() || !bond.high.isUp()) {
      return;
    }
    bond.dialling = true;
    at(
        nowNs + 1 + latencyNs() + random.nextLong(20 * MS),
        () -> {
          bond.dialling = false;
          if (bond.cut || !bond.low.isUp() || !bond.high.isUp() || bond.unaware > 0) {
            return;
          }
          bond.generation++;
          bond.low.bonded.add(bond.high);
          bond.high.bonded.add(bond.low);
          bond.low.bonded.sort(Comparator.comparingInt(n -> n.number));
          bond.high.bonded.sort(Comparator.comparingInt(n -> n.number));
          input(bond.low, new Input.BondUp(bond.high.member, bond.high.observer));
          input(bond.high, new Input.BondUp(bond.low.member, bond.low.observer));
        });
  }

  private long latencyNs() {
    return random.nextLong(latencyFromNs, latencyToNs + 1);
  }

  private void deliver(SimulatedNode from, SimulatedNode to, Message message) {
    invariants.sends(from.member, to.member, message);
    Bond bond = bond(from, to);
    if (!bond.isUp()) {
      return; // This end has not noticed yet: the message is lost.
    }
    Message sent = message;
    if (encodeShare > 0 && random.nextDouble() < encodeShare) {
      byte[] bytes = Message.CODEC.toBytes(message);
      try {
        sent = Message.CODEC.fromBytes(bytes);
      } catch (MalformedException e) {
        throw new Invariants.ViolatedException(from + " sends " + message + ": " + e.getMessage());
      }
      if (!java.util.Arrays.equals(bytes, Message.CODEC.toBytes(sent))) {
        throw new Invariants.ViolatedException("lost in translation: " + message);
      }
    }
    int side = side(from, to);
    long atNs = Math.max(nowNs + latencyNs(), bond.lastDeliveryNs[side]);
    bond.lastDeliveryNs[side] = atNs;
    int generation = bond.generation;
    Member sender = from.member;
    Message received = sent;
    Runnable arrive =
        () -> {
          if (bond.generation == generation && to.isUp()) {
            to.received++;
            if (received instanceof Message.LogResponse response
                && Message.LogRequest.isByIndex(response.asked())
                && !response.entries().isEmpty()) {
              rangesFetched++;
            }
            input(to, new Input.Received(sender, received));
          }
        };
    at(atNs, arrive);
    if (duplicate > 0 && random.nextDouble() < duplicate) {
      at(atNs, arrive);
    }
  }

  // Time

  private void at(long atNs, Runnable action) {
    events.add(new Event(atNs, order++, action));
  }

  void after(Duration delay, Runnable action) {
    at(nowNs + delay.toNanos(), action);
  }

  private static void ifRunning(SimulatedNode node, int run, Runnable action) {
    if (node.run == run && node.isUp()) {
      action.run();
    }
  }

  void runFor(Duration duration) {
    long endNs = nowNs + duration.toNanos();
    for (Event next = events.peek(); next != null && next.atNs <= endNs; next = events.peek()) {
      events.poll();
      nowNs = next.atNs;
      next.action.run();
    }
    nowNs = endNs;
  }

  /** Runs until something holds; says how long that took. */
  Duration runUntil(BooleanSupplier holds, Duration atMost) {
    long startNs = nowNs;
    long endNs = nowNs + atMost.toNanos();
    while (!holds.getAsBoolean()) {
      Event next = events.peek();
      if (next == null || next.atNs > endNs) {
        throw new AssertionError("not within " + atMost + ": " + nodes);
      }
      events.remove();
      nowNs = next.atNs;
      next.action.run();
    }
    return Duration.ofNanos(nowNs - startNs);
  }

  // The shell

  void input(SimulatedNode node, Input input) {
    if (!node.isUp()) {
      return;
    }
    steps++;
    out.clear();
    Raft core = node.core();
    core.step(input, clock(node), out);
    if (!sharedTurns) {
      core.flush(clock(node), out);
    } else if (!node.flushDue) {
      node.flushDue = true;
      int run = node.run;
      at(
          nowNs + random.nextLong(turnToNs + 1),
          () -> {
            if (node.run == run && node.isUp()) {
              node.flushDue = false;
              out.clear();
              node.core().flush(clock(node), out);
              carryOut(node);
              observe(node);
            }
          });
    }
    carryOut(node);
    observe(node);
  }

  private void observe(SimulatedNode node) {
    RaftState state = node.core().state();
    if (!state.log.isEmpty()) {
      node.observes = state.observes(state.log.lineage());
    }
    Raft core = node.core();
    node.log.look(core.state());
    if (core.state().leads() && node.ledTerm != core.state().term()) {
      node.ledTerm = core.state().term();
      if (core.state().log.lastIndex() == 1 && config.bootstrapExpect() == nodes.size()) {
        invariants.forms(node, nodes);
      }
      invariants.leads(node.member, core.state());
    }
    if (holdsTenure(node)) {
      for (SimulatedNode other : nodes) {
        if (other != node
            && holdsTenure(other)
            && other.core().state().log.lineage().equals(core.state().log.lineage())) {
          throw new Invariants.ViolatedException(
              node + " and " + other + " are both sure that they lead alone");
        }
      }
    }
  }

  /** Whether its user would be told, at this moment of its own clock, that nobody else leads. */
  boolean holdsTenure(SimulatedNode node) {
    Tenure tenure = node.core == null ? null : node.core.tenure();
    return tenure != null && tenure.holdsAt(clock(node));
  }

  private long clock(SimulatedNode node) {
    return (long) (nowNs * node.clockRate);
  }

  private void carryOut(SimulatedNode node) {
    for (Effect effect : out) {
      if (effect instanceof Effect.Persist persist) {
        store(node, persist.write());
      } else {
        node.effects.add(effect);
      }
    }
    resume(node);
  }

  private void resume(SimulatedNode node) {
    for (Effect next = node.effects.poll(); next != null; next = node.effects.poll()) {
      carryOut(node, next);
    }
  }

  private void carryOut(SimulatedNode node, Effect effect) {
    switch (effect) {
      case Effect.Send send -> {
        for (SimulatedNode other : node.bonded) {
          if (other.member.equals(send.to())) {
            deliver(node, other, send.message());
          }
        }
      }
      case Effect.Broadcast broadcast -> {
        for (SimulatedNode other : node.bonded) {
          deliver(node, other, broadcast.message());
        }
      }
      case Effect.Persist persist -> throw new IllegalStateException("written when it was given");
      case Effect.Apply apply -> apply(node, apply);
      case Effect.Cut cut -> cut(node, cut);
      case Effect.Prune prune -> node.disk.prune(prune.throughIndex());
      case Effect.FetchSnapshot fetch -> fetch(node, fetch.snapshot());
      case Effect.EntriesFetched fetched -> {}
      case Effect.AbandonFetch abandoned -> node.fetching = null;
      case Effect.Rebuild rebuild -> rebuild(node, rebuild.snapshot());
      case Effect.SetTimer timer -> setTimer(node, timer);
      case Effect.CancelTimer cancel -> node.timers.remove(cancel.kind());
      case Effect.ReadReady ready -> {
        node.readsReady.add(ready.token());
        var read = node.reads.remove(ready.token());
        if (read != null && read.lineage().equals(node.core().state().log.lineage())) {
          invariants.reads(node.member, ready.index(), read.knownCommitted());
          Invariants.require(
              node.applied.size() >= ready.index(),
              node + " answers from " + node.applied.size() + " what is read at " + ready.index());
        }
      }
      case Effect.ReadFailed failed -> {
        node.reads.remove(failed.token());
        node.readsFailed.add(failed.token());
      }
      case Effect.TransferDone told -> node.told.add(told);
      case Effect.TransferFailed told -> node.told.add(told);
      case Effect.LeaveReady ready -> node.leaveReady = true;
      case Effect.LineagesMet met -> {}
      case Effect.Archive archive -> {}
      case Effect.Reverted reverted -> {
        if (!node.observes) {
          invariants.reverts(reverted.lineage());
        }
        node.reverted.add(reverted);
      }
      case Effect.OutageSeen seen -> {}
      case Effect.Recovered recovered -> node.recovered.add(recovered);
      case Effect.ProposalsRenumbered renumbered -> {}
      case Effect.ProposalsLost lost -> {}
      case Effect.Violation violation ->
          throw new Invariants.ViolatedException(node + " says " + violation);
      case Effect.Stopped stopped ->
          throw new Invariants.ViolatedException(node + " says " + stopped);
      case Effect.RoleChanged told -> {
        if (told.role() == Role.CANDIDATE || told.role() == Role.LEADER) {
          Member vote = node.core().state().vote();
          if (vote != null && told.term() == node.core().state().term()) {
            invariants.votes(node.member, told.term(), vote);
          }
        }
      }
      case Effect.ProposalAccepted told -> node.told.add(told);
      case Effect.ProposalPlaced told -> node.told.add(told);
      case Effect.ProposalRejected told -> node.told.add(told);
    }
  }

  private void store(SimulatedNode node, LogWrite write) {
    node.disk.write(write);
    node.effects.written(write);
    if (syncToNs == 0) {
      synced(node);
    } else if (!node.syncing) {
      node.syncing = true;
      int run = node.run;
      at(
          nowNs + random.nextLong(syncToNs + 1),
          () ->
              ifRunning(
                  node,
                  run,
                  () -> {
                    node.syncing = false;
                    synced(node);
                    resume(node);
                  }));
    }
  }

  private void synced(SimulatedNode node) {
    node.disk.sync();
    node.effects.durable(node.effects.writes());
    int run = node.run;
    for (LogPosition next = node.effects.pollStored(); next != null; ) {
      LogPosition last = next;
      at(nowNs, () -> ifRunning(node, run, () -> input(node, new Input.Persisted(last))));
      next = node.effects.pollStored();
    }
  }

  // Snapshots

  private void cut(SimulatedNode node, Effect.Cut cut) {
    if (cut.position().index() != node.applied.size()) {
      throw new Invariants.ViolatedException(node + " cuts out of place: " + cut);
    }
    int run = node.run;
    if (node.cutting || node.fetching != null) {
      if (!node.cutting) {
        after(Duration.ZERO, () -> ifRunning(node, run, () -> cutEnded(node)));
      }
      return; // one snapshot is written at a time
    }
    node.cutting = true;
    byte[] image = image(node.sessions, node.commands);
    after(
        Duration.ofNanos(random.nextLong(snapshotToNs + 1)),
        () ->
            ifRunning(
                node,
                run,
                () -> {
                  node.cutting = false;
                  if (node.cutIsVoid) {
                    node.cutIsVoid = false;
                    node.disk.leave(cut, image);
                    cutEnded(node);
                  } else {
                    stored(node, node.disk.store(cut, image));
                  }
                }));
  }

  private void cutEnded(SimulatedNode node) {
    input(node, new Input.CutEnded());
  }

  /** The node hears of it a little later, or crashes before. */
  private void stored(SimulatedNode node, SnapshotManifest snapshot) {
    int run = node.run;
    after(
        Duration.ofNanos(random.nextLong(5 * MS)),
        () ->
            ifRunning(
                node,
                run,
                () -> {
                  input(node, new Input.SnapshotStored(snapshot));
                  if (!node.cutting) {
                    cutEnded(node);
                  }
                }));
  }

  private void fetch(SimulatedNode node, SnapshotManifest snapshot) {
    if (node.fetching != null) {
      throw new Invariants.ViolatedException(node + " fetches two snapshots at once");
    }
    node.fetching = snapshot;
    fetchSoon(node, snapshot);
  }

  private void fetchSoon(SimulatedNode node, SnapshotManifest snapshot) {
    int run = node.run;
    after(
        Duration.ofNanos(random.nextLong(snapshotToNs + 1)),
        () ->
            ifRunning(
                node,
                run,
                () -> {
                  if (snapshot.equals(node.fetching) && node.cutting) {
                    fetchSoon(node, snapshot);
                  } else if (snapshot.equals(node.fetching)) {
                    node.fetching = null;
                    fetched(node, snapshot);
                  }
                }));
  }

  private void fetched(SimulatedNode node, SnapshotManifest snapshot) {
    for (SimulatedNode other : node.bonded) {
      byte[] bytes = other.isUp() ? other.disk.read(snapshot) : null;
      if (bytes != null) {
        snapshotsFetched++;
        node.disk.store(snapshot, bytes);
        stored(node, snapshot);
        return;
      }
    }
    input(node, new Input.SnapshotLost(snapshot));
  }

  private void rebuild(SimulatedNode node, @Nullable SnapshotManifest snapshot) {
    node.applied.clear();
    node.commands.clear();
    node.sessions = new Sessions();
    node.cutIsVoid = node.cutting;
    node.restoring = snapshot;
    if (snapshot == null) {
      return;
    }
    node.appliedLineage = snapshot.lineage();
    byte[] bytes = node.disk.read(snapshot);
    if (bytes == null) {
      throw new Invariants.ViolatedException(node + " lacks " + snapshot);
    }
    var in = new BinaryReader(bytes);
    node.sessions = in.value(Sessions.CODEC);
    while (in.remaining() > 0) {
      node.commands.add(in.string(1_000));
    }
    node.applied.addAll(invariants.restores(node.member, node.core().state(), snapshot, bytes));
    long lastSequence = node.sessions.lastApplied(node.core().origin());
    int run = node.run;
    after(
        Duration.ofNanos(random.nextLong(5 * MS)),
        () ->
            ifRunning(
                node,
                run,
                () -> {
                  if (snapshot.equals(node.restoring)) {
                    node.restoring = null;
                  }
                  input(node, new Input.Restored(snapshot, lastSequence));
                }));
  }

  /** The bytes of a snapshot: the same for the same state. */
  static byte[] image(Sessions sessions, List<String> commands) {
    var out = new BinaryWriter().value(sessions, Sessions.CODEC);
    commands.forEach(out::string);
    return out.toByteArray();
  }

  private void setTimer(SimulatedNode node, Effect.SetTimer timer) {
    long setting = order;
    node.timers.put(timer.kind(), setting);
    int run = node.run;
    at(
        nowNs
            + (node.clockRate == 1
                ? timer.delayNs()
                : 2 + (long) (timer.delayNs() / node.clockRate)),
        () ->
            ifRunning(
                node,
                run,
                () -> {
                  Long latest = node.timers.get(timer.kind());
                  if (latest != null && latest == setting) {
                    node.timers.remove(timer.kind());
                    input(node, new Input.TimerFired(timer.kind()));
                  }
                }));
  }

  private void apply(SimulatedNode node, Effect.Apply apply) {
    node.appliedLineage =
        Invariants.lineageOf(
            node.core().state(), node.appliedLineage, apply.firstIndex(), apply.entries());
    Invariants.require(node.restoring == null, node + " applies while it starts over");
    long term = node.core().state().term();
    invariants.applies(node.member, node.appliedLineage, term, apply.firstIndex(), apply.entries());
    if (apply.firstIndex() != node.applied.size() + 1L) {
      throw new Invariants.ViolatedException(node + " applies out of order: " + apply);
    }
    node.applied.addAll(apply.entries());
    for (Entry entry : apply.entries()) {
      if (entry instanceof Entry.Command command
          && node.sessions.admit(command.origin(), command.sequence()) == Sessions.Verdict.APPLY) {
        node.commands.add(new String(command.bytes(), UTF_8));
      }
    }
  }

  // Users

  /** Lets time pass until nobody turns its user's commands away for want of room (N7). */
  void awaitRoom() {
    runUntil(
        () -> nodes.stream().noneMatch(node -> node.isUp() && node.core().room().turnsAway()),
        Duration.ofSeconds(20));
  }

  /** Proposes a command of its own name, which it returns. */
  String propose(SimulatedNode node) {
    String command = "c" + nextCommand++;
    input(node, new Input.Propose(nextToken++, List.of(command.getBytes(UTF_8))));
    return command;
  }

  /** Proposes so many, as many at once as can go together; returns the last. */
  String propose(SimulatedNode node, int count) {
    var commands = new ArrayList<byte[]>();
    for (int i = 1; i <= count; i++) {
      commands.add(("c" + nextCommand++).getBytes(UTF_8));
      if (i == count || commands.size() == Message.MAX_BATCH_ENTRIES) {
        input(node, new Input.Propose(nextToken++, commands));
        commands.clear();
      }
    }
    return "c" + (nextCommand - 1);
  }

  long read(SimulatedNode node) {
    long token = nextToken++;
    var lineage = node.core().state().log.lineage();
    node.reads.put(
        token, new SimulatedNode.StartedRead(lineage, invariants.agreedIn(lineage).entries.size()));
    input(node, new Input.ReadIndex(token));
    return token;
  }

  /** Asks a node to hand its leadership over; returns the token. */
  long transfer(SimulatedNode node, @Nullable PeerId to) {
    long token = nextToken++;
    input(node, new Input.Transfer(token, to));
    return token;
  }

  /** The leader that is open for commands; of several, the one of the latest term. */
  @Nullable SimulatedNode leader() {
    SimulatedNode best = null;
    for (SimulatedNode node : nodes) {
      if (node.isUp()
          && node.core().state().leads()
          && node.status().online()
          && (best == null || node.status().term() > best.status().term())) {
        best = node;
      }
    }
    return best;
  }

  SimulatedNode awaitLeader(Duration atMost) {
    runUntil(() -> leader() != null, atMost);
    SimulatedNode leader = leader();
    if (leader == null) {
      throw new IllegalStateException();
    }
    return leader;
  }

  /** The first node of this role. */
  SimulatedNode any(Role role) {
    for (SimulatedNode node : nodes) {
      if (node.isUp() && node.status().role() == role) {
        return node;
      }
    }
    throw new AssertionError("no " + role + ": " + nodes);
  }
}

package io.mosaik.groups;

import io.mosaik.groups.bond.Bond;
import io.mosaik.groups.bond.Bonds;
import io.mosaik.groups.config.QuorumPolicy;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.raft.RaftOptions;
import io.mosaik.groups.raft.RaftStatus;
import io.mosaik.groups.sync.SyncMessage;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import io.mosaik.transport.CloseReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One membership: ties bonds, consensus and the machine together on the group's strand. Its public
 * methods are for any thread.
 */
final class GroupWorker<C, R, Q, A> {

  private static final Logger log = LoggerFactory.getLogger(GroupWorker.class);
  private static final Duration LEAVE_DEADLINE = Duration.ofSeconds(3);
  private static final Duration STRAND_GRACE = Duration.ofSeconds(1);

  /** Longer than a membership takes to be left. */
  private static final Duration START_DEADLINE = LEAVE_DEADLINE.multipliedBy(2);

  private final GroupId id;
  private final GroupSettings<C, R, Q, A> settings;
  private final GroupNode node;
  private final Strand strand;
  private final Strand machineStrand;
  private final Strand callbacks;
  private final StorageDoor storage;
  private final Waits waits;
  private final GroupBonds bonds;
  private final Snapshots snapshots;
  private final MachineActivity activity;
  private final Applier<C, R, Q, A> applier;
  private final ApplyQueue<C, R, Q, A> applyQueue;
  private final MachineWatch machineWatch;
  private final OfflineWatch offlineWatch;
  private final Requests<C, R, Q, A> requests;
  private final Promises<R, Q, A> promises;
  private final StatusBoard board = new StatusBoard();
  private @Nullable Core core;

  /** What users wanted before the storage was open: bounded as all that they have on its way. */
  private final List<Input> early = new ArrayList<>();

  private volatile boolean begun;

  private boolean leaving;
  private boolean over;

  /** What there is once the storage is open. */
  private record Core(RaftShell shell, Member self, Origin origin) {}

  /** Nothing runs, and no storage is opened, before {@link #start}. */
  GroupWorker(GroupSettings<C, R, Q, A> settings, GroupNode node) {
    this.settings = settings;
    this.node = node;
    id = settings.id();
    Platform platform = node.platform();
    strand = platform.newStrand("group-" + id.toShortString());
    machineStrand = platform.newUserStrand("group-machine-" + id.toShortString());
    callbacks = platform.newUserStrand("group-callbacks-" + id.toShortString());
    storage = new StorageDoor(settings, platform, strand);
    waits = new Waits(platform, callbacks, machineStrand);
    activity = new MachineActivity(platform.clock()::nanoTime);
    snapshots =
        new Snapshots(settings, platform, strand, callbacks, activity, new SnapshotOutlet());
    bonds = new GroupBonds(settings, node, strand, this::step, snapshots, board::publishBonds);
    applier =
        new Applier<>(
            settings.machine(), callbacks, activity, snapshots::read, snapshots::digested);
    applyQueue = new ApplyQueue<>(strand, machineStrand, applier, new Progress());
    offlineWatch = new OfflineWatch(id, strand, () -> over ? null : whyOffline());
    machineWatch = new MachineWatch(id, strand, this::machineStatus);
    promises =
        new Promises<>(
            new Calls<>(strand, platform.clock(), callbacks, this::step, this::whyOffline),
            new Reads<>(
                strand,
                platform.clock(),
                callbacks,
                settings.config().queryTimeout(),
                this::step,
                this::answer,
                applyQueue::ask,
                this::whyOffline),
            new Transfers(
                strand,
                callbacks,
                settings.config().electionTimeout(),
                this::step,
                () -> board.view().get().over() != null),
            new Leaderships(strand, platform.clock(), callbacks));
    requests =
        new Requests<>(
            settings.machine().commandCodec(),
            platform,
            strand,
            machineStrand,
            promises.calls(),
            promises.reads(),
            () -> board.view().get().over());
  }

  /** On the strand, before anything else. */
  private Core core(StoredLog stored) {
    var self = new Member(node.links().peerId(), stored.incarnation());
    var options =
        new RaftOptions(
            self,
            randomLong(),
            settings.observer(),
            settings.reluctance(),
            settings.storage().isDurable(),
            settings.bounds());
    Platform platform = node.platform();
    var raft = node.consensus().make(settings.config(), options, stored, platform.newRandom());
    var outlet =
        new ConsensusOutlet<>(
            id, new Membership(), bonds, snapshots, applyQueue, promises, board, raft.origin());
    var shell = new RaftShell(raft, settings.storage(), strand, platform.clock(), outlet);
    return new Core(shell, self, raft.origin());
  }

  /** On the machine's strand. */
  private void answer(Q query, CompletableFuture<Group.Answered<A>> future) {
    try {
      applier.query(query, future);
    } catch (Error e) {
      strand.execute(() -> stopped("its machine failed: " + e));
      throw e;
    }
  }

  private Core core() {
    return Objects.requireNonNull(core, "before the start");
  }

  private void step(Input input) {
    if (core != null) {
      core.shell().step(input);
    } else if (!over) {
      early.add(input);
    }
  }

  private long randomLong() {
    return ByteBuffer.wrap(node.platform().randomBytes(Long.BYTES)).getLong();
  }

  GroupId id() {
    return id;
  }

  StateMachine<C, R, Q, A> machine() {
    return settings.machine();
  }

  /** What the group gives up when its members can't all see each other. */
  QuorumPolicy quorumPolicy() {
    return settings.config().quorumPolicy();
  }

  Platform platform() {
    return node.platform();
  }

  /** Where callers may wait. */
  Waits waits() {
    return waits;
  }

  MachineStatus machineStatus() {
    return activity.status(applyQueue.waitingCount());
  }

  /** What this member's commands have of their bound. */
  Room room() {
    return promises.calls().room();
  }

  /** Why it is not online; null if it is; from any thread. */
  @Nullable String whyOffline() {
    return WhyOffline.of(
        board.view().get(), node.links().peerId(), settings.config().bootstrapExpect());
  }

  GroupConditions conditions() {
    return new ViewConditions(waits, board.view(), callbacks, this::whyOffline);
  }

  Watch<GroupStatus> status() {
    return board.status();
  }

  Watch<Leadership> leadership() {
    return promises.leaderships().present();
  }

  void recover(Set<PeerId> lost) {
    strand.execute(() -> {
      if (!over) {
        step(new Input.Recover(lost));
      }
    });
  }

  Transfers transfers() {
    return promises.transfers();
  }

  Watch<List<Bond<GroupMessage>>> bonded() {
    return board.bonded();
  }

  Bonds<GroupMessage> bonds() {
    return bonds.bonds();
  }

  Map<BondRefusal, Long> bondRefusals() {
    return bonds.refusals();
  }

  /** Where users' calls come in. */
  Requests<C, R, Q, A> requests() {
    return requests;
  }

  /** Completes when this member has left in order, and its storage is closed. */
  CompletableFuture<Void> left() {
    return storage.closed();
  }

  /**
   * Opens the storage and begins, when the membership before has let go of it.
   *
   * @param before completes then
   */
  void start(CompletableFuture<Void> before) {
    strand.execute(() -> {
      if (before.isDone()) {
        begin();
      } else {
        beginAfter(before);
        var unused = strand.schedule(START_DEADLINE, this::giveUpStart);
      }
    });
  }

  private void beginAfter(CompletableFuture<Void> before) {
    var unused = before.thenRun(() -> strand.execute(this::begin));
  }

  private void begin() {
    if (!over) {
      storage.open(randomLong(), this::opened, this::cantOpen);
    }
  }

  private void cantOpen(Throwable e) {
    stopped("its log storage can't be opened: " + e);
  }

  private void opened(StoredLog stored) {
    if (over) {
      return; // It was left meanwhile, and is closed next.
    }
    try {
      core = core(stored);
    } catch (RuntimeException e) {
      cantOpen(e);
      return;
    }
    core().shell().start();
    bonds.start(core().self(), core().origin());
    begun = true;
    early.forEach(this::step);
    early.clear();
  }

  /** Whether others can bond with this member. */
  boolean hasBegun() {
    return begun;
  }

  private void giveUpStart() {
    if (!storage.opens()) {
      stopped("the membership before it does not end, and may still use the log storage");
    }
  }

  /** Lets go of what was made and never started. */
  void discard() {
    closeStrands();
  }

  private void closeStrands() {
    bonds.discard();
    machineStrand.close();
    snapshots.close();
    storage.discard();
    callbacks.execute(callbacks::close); // behind all that users have yet to be told
    strand.close();
  }

  /** Leaves in order: leadership is handed over, the departure told, bonds closed. Idempotent. */
  void leave() {
    strand.execute(() -> {
      if (leaving || over) {
        return;
      }
      leaving = true;
      if (core == null) {
        end("the group was left", null);
        return;
      }
      bonds.lookNoMore();
      var unused = strand.schedule(LEAVE_DEADLINE, this::depart);
      step(new Input.Leave());
    });
  }

  private void depart() {
    if (!over) {
      bonds.leave();
      end("the group was left", null);
    }
  }

  private void stopped(String reason) {
    if (!over) {
      log.error("Group {}: this member stops: {}", id.toShortString(), reason);
      bonds.close(CloseReason.CANCELLED.because("the member stopped"));
      end("this member stopped: " + reason, reason);
    }
  }

  private void end(String why, @Nullable String failure) {
    over = true;
    early.clear();
    if (core != null) {
      core.shell().close();
    }
    board.publishOver(why, failure); // first: who is told below may look
    promises.end(why);
    storage.close();
    var unused = strand.schedule(STRAND_GRACE, this::closeStrands);
  }

  private void publish() {
    if (!over) {
      RaftStatus raft = core().shell().status();
      board.publish(raft, snapshots.status(raft));
      offlineWatch.look(raft.online());
    }
  }

  /** What consensus decides for all of it. */
  private final class Membership implements ConsensusOutlet.Membership {

    @Override
    public RaftStatus raft() {
      return core().shell().status();
    }

    @Override
    public void depart() {
      GroupWorker.this.depart();
    }

    @Override
    public void stopped(String reason) {
      GroupWorker.this.stopped(reason);
    }

    @Override
    public void publish() {
      GroupWorker.this.publish();
    }
  }

  /** What the machine tells. */
  private final class Progress implements ApplyQueue.Listener<R> {

    @Override
    public void begins() {
      machineWatch.begin();
    }

    @Override
    public void applied(long index, List<Call<R>> applied) {
      board.applied(index);
      applied.forEach(promises.calls()::applied);
      publish();
    }

    @Override
    public void restored(SnapshotManifest snapshot, long lastSequence) {
      if (!over) {
        snapshots.restored(snapshot);
        promises.calls().restored(lastSequence);
        step(new Input.Restored(snapshot, lastSequence));
      }
    }

    @Override
    public void imaged(Effect.Cut cut, @Nullable MachineImage image) {
      snapshots.imaged(cut, image);
    }

    @Override
    public void broken(Throwable error) {
      stopped("its machine failed: " + error);
    }
  }

  /** What snapshots want done. */
  private final class SnapshotOutlet implements Snapshots.Outlet {

    @Override
    public void send(Member to, SyncMessage message) {
      bonds.send(to, message);
    }

    @Override
    public void broadcast(SyncMessage message) {
      bonds.broadcast(message);
    }

    @Override
    public void tell(Input input) {
      if (!over) {
        step(input);
      }
    }

    @Override
    public void broken(String reason) {
      stopped(reason);
    }
  }
}

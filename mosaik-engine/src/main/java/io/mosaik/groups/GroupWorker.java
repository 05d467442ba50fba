package io.mosaik.groups;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.bond.Bond;
import io.mosaik.groups.bond.Bonds;
import io.mosaik.groups.bond.Heartbeat;
import io.mosaik.groups.bond.Introduction;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.groups.raft.ConsensusConfig;
import io.mosaik.groups.raft.Effect;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.raft.Message;
import io.mosaik.groups.raft.RaftOptions;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Watch;
import io.mosaik.transport.CloseReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
  private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);
  private static final Duration STRAND_GRACE = Duration.ofSeconds(1);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(2);
  private static final long MAX_UNSENT_BYTES = 64L << 20;

  private final GroupId id;
  private final GroupSettings<C, R, Q, A> settings;
  private final GroupNode node;
  private final Strand strand;
  private final Strand machineStrand;
  private final Strand callbacks;
  private final Bonds<Message> bonds;
  private final Calls<R> calls;
  private final Reads<Q, A> reads;
  private final Applier<C, R, Q, A> applier;
  private final ApplyQueue<C, R, Q, A> applyQueue;
  private final StatusBoard board = new StatusBoard();
  private final AtomicLong lastToken = new AtomicLong();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final List<Cancellation> observations = new ArrayList<>();
  private @Nullable Core core;
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
    bonds =
        new Bonds<>(bondConfig(), platform, strand, node.links(), this::introduction, new Peers());
    calls = new Calls<>(strand, platform.clock(), callbacks, this::step);
    applier = new Applier<>(settings.machine(), callbacks);
    applyQueue = new ApplyQueue<>(strand, machineStrand, applier, new Progress());
    reads =
        new Reads<>(
            strand,
            platform.clock(),
            callbacks,
            settings.config().queryTimeout(),
            this::step,
            applier::query,
            applyQueue::ask);
  }

  /** On the strand, before anything else. */
  private Core open() {
    StoredLog stored = settings.storage().open(randomLong());
    var self = new Member(node.links().peerId(), stored.incarnation());
    var options = new RaftOptions(self, randomLong(), settings.observer(), settings.reluctance());
    Platform platform = node.platform();
    var raft = node.consensus().make(settings.config(), options, stored, platform.newRandom());
    var shell =
        new RaftShell(raft, settings.storage(), strand, platform.clock(), new ConsensusOutlet());
    return new Core(shell, self, raft.origin());
  }

  private Core core() {
    return Objects.requireNonNull(core, "before the start");
  }

  private void step(Input input) {
    core().shell().step(input);
  }

  private long randomLong() {
    return ByteBuffer.wrap(node.platform().randomBytes(Long.BYTES)).getLong();
  }

  private Bonds.Config<Message> bondConfig() {
    ConsensusConfig config = settings.config();
    return new Bonds.Config<>(
        id,
        settings.key().toBytes(),
        HANDSHAKE_TIMEOUT,
        new Heartbeat.Config(
            config.heartbeatInterval(), config.heartbeatJitter(), config.maxMissedHeartbeats()),
        MAX_UNSENT_BYTES,
        node.protocol());
  }

  private Introduction introduction() {
    return new Introduction(
        core().self().incarnation(),
        core().origin().session(),
        settings.observer(),
        node.discovery().signedSelf(),
        bonds.entries());
  }

  GroupId id() {
    return id;
  }

  StateMachine<C, R, Q, A> machine() {
    return settings.machine();
  }

  Platform platform() {
    return node.platform();
  }

  Strand callbacks() {
    return callbacks;
  }

  Watch<GroupStatus> status() {
    return board.status();
  }

  Watch<List<PeerId>> bonded() {
    return board.bonded();
  }

  Bonds<Message> bonds() {
    return bonds;
  }

  /** Completes when this member has left in order. */
  CompletableFuture<Void> left() {
    return left;
  }

  void start() {
    strand.execute(() -> {
      try {
        core = open();
      } catch (RuntimeException e) {
        stopped("its log storage can't be opened: " + e);
        return;
      }
      core().shell().start();
      observations.add(node.discovery().advertise(id));
      observations.add(node.discovery().catalog().observe(strand, this::want));
      observations.add(
          node.discovery()
              .self()
              .observe(strand, entry -> bonds.announce(node.discovery().signedSelf())));
    });
  }

  /** Lets go of what was made and never started. */
  void discard() {
    closeStrands();
  }

  private void closeStrands() {
    machineStrand.close();
    callbacks.close();
    strand.close();
  }

  private void want(Catalog catalog) {
    if (!leaving && !over) {
      bonds.want(catalog.peers().stream().filter(this::isMember).toList());
    }
  }

  private boolean isMember(PeerEntry entry) {
    return entry.groups().contains(id);
  }

  CompletableFuture<Executed<R>> execute(C command, Duration deadline) {
    byte[] bytes = settings.machine().commandCodec().toBytes(command);
    var call = new Call<R>(bytes, lastToken.incrementAndGet(), deadlineNs(deadline));
    if (left.isDone()) {
      call.future.completeExceptionally(wasLeft());
    } else if (bytes.length > Entry.MAX_COMMAND_BYTES) {
      call.future.completeExceptionally(
          new GroupException(
              Outcome.REJECTED,
              "a command of %,d bytes; at most %,d are allowed"
                  .formatted(bytes.length, Entry.MAX_COMMAND_BYTES)));
    } else if (!calls.reserve(bytes.length)) {
      call.future.completeExceptionally(
          new GroupException(
              Outcome.OFFLINE,
              "more than %,d commands or %,d bytes wait already; send slower or wait"
                  .formatted(Calls.MAX_PENDING, Calls.MAX_PENDING_BYTES)));
    } else {
      strand.execute(() -> calls.submit(call));
    }
    return call.future;
  }

  CompletableFuture<Answered<A>> queryWeak(Q query, Duration deadline) {
    var future = new CompletableFuture<Answered<A>>();
    long deadlineNs = deadlineNs(deadline);
    if (isTaken(future)) {
      strand.execute(() -> reads.watch(future, deadlineNs));
      machineStrand.execute(reads.question(query, future));
    }
    return future;
  }

  CompletableFuture<Answered<A>> queryStrong(Q query, Duration deadline) {
    var future = new CompletableFuture<Answered<A>>();
    long deadlineNs = deadlineNs(deadline);
    if (isTaken(future)) {
      strand.execute(() -> reads.submit(query, future, deadlineNs));
    }
    return future;
  }

  private boolean isTaken(CompletableFuture<Answered<A>> future) {
    if (left.isDone()) {
      future.completeExceptionally(wasLeft());
      return false;
    }
    if (!reads.reserve()) {
      future.completeExceptionally(
          new GroupException(
              Outcome.OFFLINE,
              "more than %,d queries wait already; ask slower or wait"
                  .formatted(Reads.MAX_WAITING)));
      return false;
    }
    return true;
  }

  private static GroupException wasLeft() {
    return new GroupException(Outcome.OFFLINE, "the group was left");
  }

  private long deadlineNs(Duration deadline) {
    return node.platform().clock().nanoTime()
        + Math.min(deadline.toSeconds(), LONGEST_DEADLINE.toSeconds() - 1) * 1_000_000_000L
        + deadline.toNanosPart();
  }

  /** Leaves in order: leadership is handed over, the departure told, bonds closed. Idempotent. */
  void leave() {
    strand.execute(() -> {
      if (leaving || over) {
        return;
      }
      leaving = true;
      var unused = strand.schedule(LEAVE_DEADLINE, this::depart);
      step(new Input.Leave());
    });
  }

  private void depart() {
    if (!over) {
      bonds.leave();
      end("the group was left");
    }
  }

  private void stopped(String reason) {
    if (!over) {
      log.error("Group {}: this member stops: {}", id.toShortString(), reason);
      bonds.close(CloseReason.CANCELLED.because("the member stopped"));
      end("this member stopped: " + reason);
    }
  }

  private void end(String why) {
    over = true;
    observations.forEach(Cancellation::cancel);
    if (core != null) {
      core.shell().close();
    }
    calls.end(why);
    reads.end();
    board.publishOffline();
    left.complete(null);
    var unused = strand.schedule(STRAND_GRACE, this::closeStrands);
  }

  private void publish() {
    if (!over) {
      board.publish(core().shell().status());
    }
  }

  private static Member memberOf(Bond<Message> bond) {
    return new Member(bond.peer(), bond.incarnation());
  }

  private @Nullable Bond<Message> bondWith(Member member) {
    Bond<Message> bond = bonds.with(member.peer());
    return bond != null && bond.incarnation() == member.incarnation() ? bond : null;
  }

  /** What bonds tell. */
  private final class Peers implements Bonds.Listener<Message> {

    @Override
    public void bonded(Bond<Message> bond) {
      log.debug("Group {}: {}", id.toShortString(), bond);
      bondsChanged();
      step(new Input.BondUp(memberOf(bond), bond.observer()));
    }

    @Override
    public void received(Bond<Message> bond, Message payload) {
      step(new Input.Received(memberOf(bond), payload));
    }

    @Override
    public void ended(Bond<Message> bond, CloseReason reason, boolean departed) {
      log.debug("Group {}: {} ended: {}", id.toShortString(), bond, reason);
      bondsChanged();
      if (departed) {
        step(new Input.Departed(memberOf(bond)));
      }
      step(new Input.BondDown(memberOf(bond)));
    }

    private void bondsChanged() {
      board.publishBonds(bonds.made().stream().map(Bond::peer).toList());
    }

    @Override
    public void measured(Bond<Message> bond, Duration rtt) {
      node.discovery().recordRtt(bond.peer(), rtt);
    }

    @Override
    public void learned(SignedPeerEntry entry) {
      PeerEntry told = entry.entry();
      PeerEntry known = node.discovery().catalog().get().get(told.peerId());
      if (!told.peerId().equals(core().self().peer())
          && (known == null || known.version().compareTo(told.version()) < 0)) {
        var unused = node.discovery().feed(entry);
      }
    }
  }

  /** What the machine tells. */
  private final class Progress implements ApplyQueue.Listener<R> {

    @Override
    public void applied(long index, List<Call<R>> applied) {
      board.applied(index);
      applied.forEach(calls::applied);
      publish();
    }

    @Override
    public void broken(Throwable error) {
      stopped("its machine failed: " + error);
    }
  }

  /** What consensus wants done. */
  private final class ConsensusOutlet implements RaftShell.Outlet {

    @Override
    public void send(Member to, Message message) {
      Bond<Message> bond = bondWith(to);
      if (bond != null) {
        bond.send(bonds.frame(message));
      }
    }

    @Override
    public void broadcast(Message message) {
      bonds.broadcast(bonds.frame(message));
    }

    @Override
    public void apply(long firstIndex, List<Entry> entries) {
      long index = firstIndex;
      for (Entry entry : entries) {
        Call<R> call =
            entry instanceof Entry.Command command && command.origin().equals(core().origin())
                ? calls.take(command.sequence())
                : null;
        applyQueue.apply(new Applier.Item<>(index++, entry, call));
      }
    }

    @Override
    public void rebuild(@Nullable SnapshotManifest snapshot) {
      applyQueue.rebuild(snapshot);
    }

    @Override
    public void proposalAccepted(long token, long firstSequence, int count) {
      calls.accepted(token, firstSequence);
    }

    @Override
    public void proposalRejected(long token, Effect.Rejection reason) {
      calls.rejected(token, reason);
    }

    @Override
    public void readReady(long token, long index) {
      reads.ready(token);
    }

    @Override
    public void readFailed(long token) {
      reads.failed(token);
    }

    @Override
    public void transferDone(long token, Member leader) {}

    @Override
    public void transferFailed(long token, Effect.TransferFailure reason) {}

    @Override
    public void leaveReady() {
      depart();
    }

    @Override
    public void lineagesMet(Member leader, Lineage other) {
      log.warn(
          "Group {}: {} leads another group of the same key ({}, ours is {}): two groups formed"
              + " apart, before their members met. They stay apart, and neither has what the other"
              + " has committed. Decide which one to keep, restart the members of the other without"
              + " their log, and set bootstrapExpect to the number of members you deploy",
          id.toShortString(),
          leader.peer().toShortString(),
          other,
          core().shell().status().lineage());
    }

    @Override
    public void violation(Member member, String what) {
      Bond<Message> bond = bondWith(member);
      if (bond != null) {
        bond.close(CloseReason.PROTOCOL_VIOLATION.because(what));
      }
    }

    @Override
    public void stopped(String reason) {
      GroupWorker.this.stopped(reason);
    }

    @Override
    public void turned() {
      applyQueue.pump();
      publish();
    }
  }
}

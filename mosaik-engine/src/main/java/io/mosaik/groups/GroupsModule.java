package io.mosaik.groups;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondAcceptor;
import io.mosaik.groups.bond.BondCodec;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.bond.Bonds;
import io.mosaik.groups.raft.Consensus;
import io.mosaik.groups.raft.Raft;
import io.mosaik.id.GroupId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Links;
import io.mosaik.transport.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one node, as the node itself runs them: not for users, who have {@link Groups}.
 * Thread-safe; no method blocks.
 */
public final class GroupsModule {

  /** The ALPN name of bonds. */
  public static final String ALPN = "/mosaik/groups/1";

  private static final int REVISION = 1;
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(2);

  private final GroupNode node;
  private final ConcurrentSkipListMap<GroupId, Membership> memberships =
      new ConcurrentSkipListMap<>();

  /** What is being left: completes when its storage is free. */
  private final ConcurrentSkipListMap<GroupId, CompletableFuture<Void>> leaving =
      new ConcurrentSkipListMap<>();

  private volatile boolean closed;

  private GroupsModule(GroupNode node) {
    this.node = node;
  }

  /** Begins to accept bonds; there are no groups yet. */
  public static GroupsModule start(Platform platform, Links links, Discovery discovery) {
    return start(platform, links, discovery, Raft::new);
  }

  /** With cores of another make: for tests. */
  static GroupsModule start(
      Platform platform, Links links, Discovery discovery, Consensus.Maker consensus) {
    var codec = new BondCodec<>(GroupMessage.CODEC, SignedPeerEntry.CODEC);
    var protocol = new Protocol<BondMessage<GroupMessage>>(ALPN, REVISION, codec);
    var module = new GroupsModule(new GroupNode(platform, links, discovery, protocol, consensus));
    Strand strand = platform.newStrand("groups");
    links.listen(protocol, strand, new BondAcceptor<>(strand, HANDSHAKE_TIMEOUT, module::bondsOf));
    return module;
  }

  /** What users see. */
  public Groups groups() {
    return new NodeGroups(this);
  }

  /**
   * Leaves all groups in order; no group can be joined any more. To be called while links and
   * discovery still work.
   *
   * @return completes when all have been left, at most a few seconds later
   */
  public CompletableFuture<Void> close() {
    closed = true;
    List<Membership> open = List.copyOf(memberships.values());
    open.forEach(Membership::end);
    return CompletableFuture.allOf(
        open.stream().map(each -> each.worker.left()).toArray(CompletableFuture[]::new));
  }

  private @Nullable Bonds<GroupMessage> bondsOf(GroupId id) {
    Membership membership = memberships.get(id);
    return membership == null || !membership.worker.hasBegun() ? null : membership.worker.bonds();
  }

  <C, R, Q, A> Group<C, R, Q, A> join(GroupSettings<C, R, Q, A> settings) {
    GroupId id = settings.id();
    while (!closed) {
      Membership present = memberships.get(id);
      if (present == null) {
        var fresh = new Membership(new GroupWorker<>(settings, node));
        present = memberships.putIfAbsent(id, fresh);
        if (present == null) {
          fresh.start(leaving.getOrDefault(id, CompletableFuture.completedFuture(null)));
          present = fresh;
          if (closed) {
            fresh.end();
          }
        } else {
          fresh.worker.discard();
        }
      }
      present.requireMachine(settings.machine());
      if (present.acquire()) {
        return handle(present);
      }
      leave(id, present); // its last handle is being closed
    }
    throw new IllegalStateException("this node is closed and joins no more groups");
  }

  @SuppressWarnings("unchecked") // the machine is of the same class, so the types are the same
  private <C, R, Q, A> Group<C, R, Q, A> handle(Membership membership) {
    var worker = (GroupWorker<C, R, Q, A>) membership.worker;
    return new GroupHandle<>(worker, () -> release(membership));
  }

  private void release(Membership membership) {
    if (membership.release()) {
      leave(membership.worker.id(), membership);
      membership.end();
    }
  }

  /** Another membership may follow, which begins when this one is over. */
  private void leave(GroupId id, Membership membership) {
    CompletableFuture<Void> left = membership.worker.left();
    if (!left.isDone()) {
      leaving.put(id, left);
      var unused = left.thenRun(() -> leaving.remove(id, left));
    }
    var unused = memberships.remove(id, membership);
  }

  List<Group<?, ?, ?, ?>> joined() {
    return memberships.values().stream().<Group<?, ?, ?, ?>>map(Membership::view).toList();
  }

  /** A group that this node is in, and how many handles of it are open. */
  private static final class Membership {
    private static final int ENDED = -1;

    private final GroupWorker<?, ?, ?, ?> worker;
    private final AtomicInteger handleCount = new AtomicInteger();

    Membership(GroupWorker<?, ?, ?, ?> worker) {
      this.worker = worker;
    }

    void start(CompletableFuture<Void> before) {
      worker.start(before);
    }

    /** One handle more; false if the last was closed. */
    boolean acquire() {
      return handleCount.updateAndGet(count -> count == ENDED ? ENDED : count + 1) != ENDED;
    }

    /** One handle less; true if it was the last. */
    boolean release() {
      return handleCount.updateAndGet(count -> count == 1 ? ENDED : count - 1) == ENDED;
    }

    void requireMachine(StateMachine<?, ?, ?, ?> machine) {
      Class<?> present = worker.machine().getClass();
      if (!present.equals(machine.getClass())) {
        throw new IllegalStateException(
            "this node is in group "
                + worker.id().toShortString()
                + " with a "
                + present.getName()
                + " and can't join it with a "
                + machine.getClass().getName()
                + "; give the machine another signature() or the group another key");
      }
    }

    void end() {
      worker.leave();
    }

    /** A handle that closes nothing. */
    Group<?, ?, ?, ?> view() {
      return new GroupHandle<>(worker, () -> {});
    }
  }
}

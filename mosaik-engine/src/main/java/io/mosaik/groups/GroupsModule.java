package io.mosaik.groups;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondAcceptor;
import io.mosaik.groups.bond.BondCodec;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.bond.Bonds;
import io.mosaik.groups.raft.Message;
import io.mosaik.id.GroupId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Links;
import io.mosaik.transport.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private final GroupWorker.Node node;
  private final ConcurrentSkipListMap<GroupId, Membership> memberships =
      new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  private GroupsModule(GroupWorker.Node node) {
    this.node = node;
  }

  /** Begins to accept bonds; there are no groups yet. */
  public static GroupsModule start(Platform platform, Links links, Discovery discovery) {
    var codec = new BondCodec<>(Message.CODEC, SignedPeerEntry.CODEC);
    var protocol = new Protocol<BondMessage<Message>>(ALPN, REVISION, codec);
    var module = new GroupsModule(new GroupWorker.Node(platform, links, discovery, protocol));
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

  private @Nullable Bonds<Message> bondsOf(GroupId id) {
    Membership membership = memberships.get(id);
    return membership == null ? null : membership.worker.bonds();
  }

  <C, R, Q, A> Group<C, R, Q, A> join(GroupWorker.Settings<C, R, Q, A> settings) {
    Membership membership =
        memberships.compute(
            settings.id(),
            (id, present) -> {
              if (closed) {
                throw new IllegalStateException("this node is closed and joins no more groups");
              }
              Membership joined =
                  present != null ? present : new Membership(new GroupWorker<>(settings, node));
              joined.requireMachine(settings.machine());
              joined.handleCount++;
              return joined;
            });
    if (membership.started.compareAndSet(false, true)) {
      membership.worker.start();
    }
    @SuppressWarnings("unchecked") // the machine is of the same class, so the types are the same
    var worker = (GroupWorker<C, R, Q, A>) membership.worker;
    return new GroupHandle<>(worker, () -> release(settings.id()));
  }

  private void release(GroupId id) {
    var unused =
        memberships.computeIfPresent(
            id,
            (key, membership) -> {
              membership.handleCount--;
              if (membership.handleCount > 0) {
                return membership;
              }
              membership.end();
              return null;
            });
  }

  List<Group<?, ?, ?, ?>> joined() {
    return memberships.values().stream().<Group<?, ?, ?, ?>>map(Membership::view).toList();
  }

  /** A group that this node is in, and how many handles of it are open. */
  private static final class Membership {
    private final GroupWorker<?, ?, ?, ?> worker;
    private final AtomicBoolean started = new AtomicBoolean();
    private int handleCount; // written under the map's compute alone

    Membership(GroupWorker<?, ?, ?, ?> worker) {
      this.worker = worker;
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

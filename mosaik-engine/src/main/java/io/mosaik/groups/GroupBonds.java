package io.mosaik.groups;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.Admission;
import io.mosaik.groups.bond.Bond;
import io.mosaik.groups.bond.Bonds;
import io.mosaik.groups.bond.Heartbeat;
import io.mosaik.groups.bond.Introduction;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Input;
import io.mosaik.groups.raft.Message;
import io.mosaik.groups.sync.SyncMessage;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.CloseReason;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The bonds of one membership: forms them with whoever the catalog says is in the group, tells
 * consensus of them and of what comes over them, and carries what it says. Everything on the
 * group's strand.
 */
final class GroupBonds {

  private static final Logger log = LoggerFactory.getLogger(GroupBonds.class);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(2);
  private static final long MAX_UNSENT_BYTES = 64L << 20;

  /** A bond on which more waits is sent no more entries. */
  static final long MAX_UNSENT_ENTRY_BYTES = 1L << 20;

  private final GroupId id;
  private final boolean observer;
  private final GroupNode node;
  private final Strand strand;
  private final Consumer<Input> consensus;
  private final Beside beside;
  private final Consumer<List<Bond<GroupMessage>>> onChange;
  private final TicketCheck tickets;
  private final Bonds<GroupMessage> bonds;
  private final BondRefusals refusals = new BondRefusals();
  private final List<Cancellation> observations = new ArrayList<>();
  private @Nullable Identity identity;
  private boolean looks = true;

  /** Hears of what is not for consensus. */
  interface Beside {

    void bonded(Member member);

    void unbonded(Member member);

    void received(Member from, SyncMessage message);
  }

  /** As whom this member introduces itself. */
  private record Identity(Member self, Origin origin) {}

  /**
   * Without any bond yet.
   *
   * @param consensus is told of the bonds and their messages
   * @param beside is told of the bonds, and of the messages beside consensus
   * @param onChange is told who is bonded
   */
  GroupBonds(
      GroupSettings<?, ?, ?, ?> settings,
      GroupNode node,
      Strand strand,
      Consumer<Input> consensus,
      Beside beside,
      Consumer<List<Bond<GroupMessage>>> onChange) {
    id = settings.id();
    observer = settings.observer();
    this.node = node;
    this.strand = strand;
    this.consensus = consensus;
    this.beside = beside;
    this.onChange = onChange;
    tickets = new TicketCheck(settings.tickets(), node.platform(), strand, id.toShortString());
    bonds =
        new Bonds<>(
            config(settings, node, tickets),
            node.platform(),
            strand,
            node.links(),
            this::introduction,
            new Listener());
  }

  private static Bonds.Config<GroupMessage> config(
      GroupSettings<?, ?, ?, ?> settings, GroupNode node, Admission admission) {
    ConsensusConfig config = settings.config();
    return new Bonds.Config<>(
        settings.id(),
        settings.key().toBytes(),
        HANDSHAKE_TIMEOUT,
        new Heartbeat.Config(
            config.heartbeatInterval(), config.heartbeatJitter(), config.maxMissedHeartbeats()),
        MAX_UNSENT_BYTES,
        node.protocol(),
        admission);
  }

  /** The bonds themselves, to be given links that others have dialled. */
  Bonds<GroupMessage> bonds() {
    return bonds;
  }

  /** How often bonds were refused; for any thread. */
  Map<BondRefusal, Long> refusals() {
    return refusals.toMap();
  }

  /** Says that this node is in the group, and looks for the other members. */
  void start(Member self, Origin origin) {
    identity = new Identity(self, origin);
    observations.add(node.discovery().advertise(id));
    observations.add(node.discovery().catalog().observe(strand, this::want));
    observations.add(
        node.discovery()
            .self()
            .observe(strand, entry -> bonds.announce(node.discovery().signedSelf())));
  }

  private void want(Catalog catalog) {
    if (looks) {
      bonds.want(catalog.peers().stream().filter(this::isMember).toList());
    }
  }

  private boolean isMember(PeerEntry entry) {
    return entry.groups().contains(id);
  }

  private Identity identity() {
    return Objects.requireNonNull(identity, "before the start");
  }

  private Introduction introduction() {
    return new Introduction(
        identity().self().incarnation(),
        identity().origin().session(),
        observer,
        node.discovery().signedSelf(),
        bonds.entries());
  }

  /** Sends to one member; dropped where there is no bond with it. */
  void send(Member to, Message message) {
    send(to, new GroupMessage.Consensus(message));
  }

  /** Sends to one member; dropped where there is no bond with it. */
  void send(Member to, SyncMessage message) {
    send(to, new GroupMessage.Sync(message));
  }

  private void send(Member to, GroupMessage message) {
    Bond<GroupMessage> bond = with(to);
    if (bond != null) {
      bond.send(bonds.frame(message));
    }
  }

  /**
   * Sends to all bonded members, encoded once. Entries of the log are left out where much waits
   * already: who is slow asks for what it misses at its own pace (R2).
   */
  void broadcast(Message message) {
    Frame frame = bonds.frame(new GroupMessage.Consensus(message));
    boolean bulk = message instanceof Message.AppendEntries append && !append.entries().isEmpty();
    bonds.broadcast(frame, bulk ? MAX_UNSENT_ENTRY_BYTES : MAX_UNSENT_BYTES);
  }

  /** Sends to all bonded members, encoded once. */
  void broadcast(SyncMessage message) {
    bonds.broadcast(bonds.frame(new GroupMessage.Sync(message)), MAX_UNSENT_BYTES);
  }

  /** Ends the bond with a member, if there is one. */
  void close(Member member, CloseReason reason) {
    Bond<GroupMessage> bond = with(member);
    if (bond != null) {
      bond.close(reason);
    }
  }

  private @Nullable Bond<GroupMessage> with(Member member) {
    Bond<GroupMessage> bond = bonds.with(member.peer());
    return bond != null && bond.incarnation() == member.incarnation() ? bond : null;
  }

  /** Looks for no more members; this node goes on to say that it is one, and the bonds stay. */
  void lookNoMore() {
    looks = false;
  }

  /** Tells the departure, and ends all bonds. */
  void leave() {
    withdraw();
    bonds.leave();
  }

  /** Ends all bonds. */
  void close(CloseReason reason) {
    withdraw();
    bonds.close(reason);
  }

  private void withdraw() {
    lookNoMore();
    observations.forEach(Cancellation::cancel);
    observations.clear();
  }

  /** Lets go of what it has made, after everything else. */
  void discard() {
    tickets.close();
  }

  private static Member memberOf(Bond<GroupMessage> bond) {
    return new Member(bond.peer(), bond.incarnation());
  }

  /** What bonds tell. */
  private final class Listener implements Bonds.Listener<GroupMessage> {

    @Override
    public void bonded(Bond<GroupMessage> bond) {
      log.debug("Group {}: {}", id.toShortString(), bond);
      changed();
      beside.bonded(memberOf(bond));
      consensus.accept(new Input.BondUp(memberOf(bond), bond.observer()));
    }

    @Override
    public void received(Bond<GroupMessage> bond, GroupMessage payload) {
      switch (payload) {
        case GroupMessage.Consensus told ->
            consensus.accept(new Input.Received(memberOf(bond), told.message()));
        case GroupMessage.Sync told -> beside.received(memberOf(bond), told.message());
      }
    }

    @Override
    public void ended(Bond<GroupMessage> bond, CloseReason reason, boolean departed) {
      log.debug("Group {}: {} ended: {}", id.toShortString(), bond, reason);
      changed();
      beside.unbonded(memberOf(bond));
      if (departed) {
        consensus.accept(new Input.Departed(memberOf(bond)));
      }
      consensus.accept(new Input.BondDown(memberOf(bond)));
    }

    @Override
    public void refused(PeerId peer, CloseReason reason, boolean here) {
      BondRefusal refusal = BondRefusal.of(reason);
      if (refusal == null) {
        return; // its link broke, or another bond took its place
      }
      boolean isFirst = refusals.count(here, peer, refusal);
      log.atLevel(isFirst ? Level.INFO : Level.DEBUG)
          .log(
              here
                  ? "Group {}: refused the bond with {}, {}"
                  : "Group {}: its bond was refused by {}, {}",
              id.toShortString(),
              peer.toShortString(),
              reason);
    }

    private void changed() {
      onChange.accept(bonds.made());
    }

    @Override
    public void measured(Bond<GroupMessage> bond, Duration rtt) {
      node.discovery().recordRtt(bond.peer(), rtt);
    }

    @Override
    public void learned(SignedPeerEntry entry) {
      PeerEntry told = entry.entry();
      PeerEntry known = node.discovery().catalog().get().get(told.peerId());
      if (!told.peerId().equals(identity().self().peer())
          && (known == null || known.version().compareTo(told.version()) < 0)) {
        var unused = node.discovery().feed(entry);
      }
    }
  }
}

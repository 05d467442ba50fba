package io.mosaik.groups.bond;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondMessage.Alive;
import io.mosaik.groups.bond.BondMessage.Departure;
import io.mosaik.groups.bond.BondMessage.EntryUpdate;
import io.mosaik.groups.bond.BondMessage.Formed;
import io.mosaik.groups.bond.BondMessage.Payload;
import io.mosaik.groups.bond.BondMessage.Start;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.Links;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All bonds of one member of one group: dials the members it is shown, takes those who dial, keeps
 * one bond with each, and bonds again when one breaks. Everything on the group's strand, but for
 * {@link #take}.
 *
 * @param <P> what the group itself says
 */
public final class Bonds<P> {

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final int MAX_BACKOFF_DOUBLINGS = 6;

  /**
   * What a member needs to bond.
   *
   * @param group the group
   * @param secret the 32 bytes of its key
   * @param handshakeTimeout from the connection to the bond
   * @param heartbeat the group's heartbeats
   * @param maxUnsentBytes a bond whose other side leaves more than that is ended
   * @param protocol of bonds
   * @param admission who may bond
   */
  public record Config<P>(
      GroupId group,
      byte[] secret,
      Duration handshakeTimeout,
      Heartbeat.Config heartbeat,
      long maxUnsentBytes,
      Protocol<BondMessage<P>> protocol,
      Admission admission) {}

  /**
   * Hears of the bonds, on the group's strand.
   *
   * @param <P> what the group itself says
   */
  public interface Listener<P> {

    /** There is a bond with a member that had none. */
    void bonded(Bond<P> bond);

    /** A member said something. */
    void received(Bond<P> bond, P payload);

    /**
     * The bond with a member is over, and no other has taken its place.
     *
     * @param departed whether the member said that it leaves
     */
    void ended(Bond<P> bond, CloseReason reason, boolean departed);

    /**
     * A handshake has ended without a bond, or a bond because one of both may not have it any more.
     *
     * @param here whether this member ended it, or the other
     */
    void refused(PeerId peer, CloseReason reason, boolean here);

    /** A fresh value of the round-trip time to a member. */
    void measured(Bond<P> bond, Duration rtt);

    /** Another member told this entry, of itself or of a third; not yet verified. */
    void learned(SignedPeerEntry entry);
  }

  private final Config<P> config;
  private final Platform platform;
  private final Strand strand;
  private final Links links;
  private final Supplier<Introduction> introduction;
  private final Listener<P> listener;
  private final RandomGenerator random;
  private final Frame aliveFrame;
  private final TreeMap<PeerId, Peering<P>> peerings = new TreeMap<>();
  private boolean closed;

  /**
   * Without any bond yet.
   *
   * @param strand the group's
   * @param introduction makes what this member says of itself; {@link #entries} are its bonds
   */
  public Bonds(
      Config<P> config,
      Platform platform,
      Strand strand,
      Links links,
      Supplier<Introduction> introduction,
      Listener<P> listener) {
    this.config = config;
    this.platform = platform;
    this.strand = strand;
    this.links = links;
    this.introduction = introduction;
    this.listener = listener;
    random = platform.newRandom();
    aliveFrame = encode(new Alive<>());
  }

  Config<P> config() {
    return config;
  }

  Strand strand() {
    return strand;
  }

  Listener<P> listener() {
    return listener;
  }

  PeerId self() {
    return links.peerId();
  }

  boolean isClosed() {
    return closed;
  }

  /** Where this member stands with another, from now on. */
  Peering<P> peering(PeerId peer) {
    return peerings.computeIfAbsent(peer, Peering::new);
  }

  GroupId group() {
    return config.group();
  }

  Introduction introduction() {
    return introduction.get();
  }

  long nowNs() {
    return platform.clock().nanoTime();
  }

  long nowMillis() {
    return platform.clock().currentTimeMillis();
  }

  Admission admission() {
    return config.admission();
  }

  Frame aliveFrame() {
    return aliveFrame;
  }

  Frame encode(BondMessage<P> message) {
    var out = new BinaryWriter();
    config.protocol().codec().encode(message, out);
    return out.toFrame();
  }

  /** Encodes once what is then sent to any number of bonds. */
  public Frame frame(P payload) {
    return encode(new Payload<>(payload));
  }

  /** The bond with a member, or null. */
  public @Nullable Bond<P> with(PeerId peer) {
    Peering<P> peering = peerings.get(peer);
    return peering == null ? null : peering.bond;
  }

  /** All bonds that are made, ordered by peer; a copy. */
  public List<Bond<P>> made() {
    List<Bond<P>> made = new ArrayList<>(peerings.size());
    for (Peering<P> peering : peerings.values()) {
      if (peering.bond != null) {
        made.add(peering.bond);
      }
    }
    return made;
  }

  /** Sends to every member that is bonded. */
  public void broadcast(Frame frame) {
    broadcast(frame, Long.MAX_VALUE);
  }

  /**
   * Sends to every member that is bonded, but for those who are slow to take.
   *
   * @param maxUnsentBytes a bond on which more than that waits is left out
   */
  public void broadcast(Frame frame, long maxUnsentBytes) {
    for (Bond<P> bond : made()) {
      if (bond.unsentBytes() <= maxUnsentBytes) {
        bond.send(frame);
      }
    }
  }

  /** The members of the group as discovery knows them now: who has no bond is dialled. */
  public void want(Collection<PeerEntry> members) {
    if (closed) {
      return;
    }
    for (Peering<P> peering : peerings.values()) {
      peering.wanted = null;
    }
    for (PeerEntry member : members) {
      if (member.addresses().isEmpty() || member.peerId().equals(self())) {
        continue;
      }
      Peering<P> peering = peering(member.peerId());
      peering.wanted = member;
      if (peering.bond == null
          && peering.attempt == null
          && peering.retry == null
          && !member.version().equals(peering.notAllowed)) {
        dial(peering);
      }
    }
    peerings
        .values()
        .removeIf(peering -> {
          boolean idle = peering.wanted == null && peering.bond == null && peering.attempt == null;
          if (idle && peering.retry != null) {
            peering.retry.cancel();
          }
          return idle;
        });
  }

  /** Tells all members this member's new entry; who did not admit this member may do so now. */
  public void announce(SignedPeerEntry self) {
    broadcast(encode(new EntryUpdate<>(self)));
    for (Peering<P> peering : peerings.values()) {
      if (peering.notAllowed != null) {
        peering.notAllowed = null;
        if (peering.retry == null) {
          dial(peering);
        }
      }
    }
  }

  /** Tells all members that this one leaves, and ends every bond. Idempotent. */
  public void leave() {
    Frame departure = encode(new Departure<>());
    broadcast(departure);
    close(CloseReason.GRACEFUL_SHUTDOWN);
  }

  /** Ends every bond and attempt without a word. Idempotent. */
  public void close(CloseReason reason) {
    closed = true;
    for (Peering<P> peering : List.copyOf(peerings.values())) {
      if (peering.retry != null) {
        peering.retry.cancel();
      }
      if (peering.attempt != null) {
        peering.attempt.abandon(reason);
      }
      if (peering.bond != null) {
        peering.bond.end(reason, false);
      }
    }
    peerings.clear();
  }

  private void dial(Peering<P> peering) {
    peering.retry = null;
    PeerEntry member = peering.wanted;
    if (closed || member == null || peering.bond != null || peering.attempt != null) {
      return;
    }
    var attempt = new BondAttempt<>(this, peering);
    peering.attempt = attempt;
    attempt.dialled(links.dial(member.address(), config.protocol(), strand, attempt));
  }

  void retryLater(Peering<P> peering, CloseReason reason) {
    PeerEntry member = peering.wanted;
    if (closed || member == null || peering.retry != null) {
      return;
    }
    if (reason.code() == BondCloseReasons.NOT_ALLOWED.code()) {
      peering.notAllowed = member.version();
      return;
    }
    long mostNs = FIRST_BACKOFF.toNanos() << Math.min(peering.failures, MAX_BACKOFF_DOUBLINGS);
    long delayNs = mostNs / 2 + random.nextLong(mostNs / 2);
    peering.failures++;
    peering.retry = strand.schedule(Duration.ofNanos(delayNs), () -> dial(peering));
  }

  /**
   * Takes a link that another node dialled and that began with {@link Start} of this group. Called
   * on the link's present strand.
   */
  void take(Link<BondMessage<P>> link, Start<P> start) {
    var offer = new BondOffer<>(this, link);
    link.handOver(strand, offer);
    strand.execute(() -> offer.consider(start));
  }

  Handshake handshake(Role role, Link<BondMessage<P>> link) {
    byte[] exporterSecret =
        link.export(BondProof.EXPORTER_LABEL, new byte[0], BondProof.EXPORTER_BYTES);
    return new Handshake(role, config.group(), config.secret(), exporterSecret, link.remotePeer());
  }

  void refused(PeerId peer, CloseReason reason, boolean here) {
    if (!closed) {
      listener.refused(peer, reason, here);
    }
  }

  Bond<P> bonded(
      Peering<P> peering,
      Link<BondMessage<P>> link,
      Introduction remoteIntroduction,
      Validity validity) {
    var bond =
        new Bond<>(
            this,
            link,
            remoteIntroduction,
            validity,
            new Heartbeat(config.heartbeat(), random, nowNs()));
    Bond<P> previous = peering.bond;
    peering.bond = bond;
    peering.notAllowed = null;
    if (peering.retry != null) {
      peering.retry.cancel();
      peering.retry = null;
    }
    if (previous != null) {
      listener.ended(previous, BondCloseReasons.ALREADY_BONDED, false);
    }
    listener.learned(remoteIntroduction.self());
    remoteIntroduction.bonds().forEach(listener::learned);
    Frame formed = encode(new Formed<>(remoteIntroduction.self()));
    for (Bond<P> other : made()) {
      if (other != bond) {
        other.send(formed);
      }
    }
    listener.bonded(bond);
    return bond;
  }

  void ended(Bond<P> bond, CloseReason reason, boolean departed) {
    Peering<P> peering = peerings.get(bond.peer());
    if (peering == null || peering.bond != bond) {
      return;
    }
    peering.bond = null;
    if (departed) {
      peering.wanted = null;
    }
    if (nowNs() - bond.sinceNs() >= config.heartbeat().deadAfter().toNanos()) {
      peering.failures = 0;
    }
    listener.ended(bond, reason, departed);
    retryLater(peering, reason);
  }

  /** The entries of the members that are bonded, as many as an introduction holds. */
  public List<SignedPeerEntry> entries() {
    List<SignedPeerEntry> entries = new ArrayList<>();
    long sizeBytes = 0;
    for (Bond<P> bond : made()) {
      SignedPeerEntry entry = bond.entry();
      sizeBytes += entry.bytes().length + entry.signature().length;
      if (entries.size() == Introduction.MAX_BONDS || sizeBytes > Introduction.MAX_BONDS_BYTES) {
        break;
      }
      entries.add(entry);
    }
    return entries;
  }
}

package io.mosaik.groups.bond;

import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondMessage.Alive;
import io.mosaik.groups.bond.BondMessage.Departure;
import io.mosaik.groups.bond.BondMessage.EntryUpdate;
import io.mosaik.groups.bond.BondMessage.Formed;
import io.mosaik.groups.bond.BondMessage.Payload;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Timer;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A bond that was made: lives until its link ends, the other side falls silent or departs, or
 * {@link Bonds} closes it. Everything on the group's strand.
 *
 * @param <P> what the group itself says
 */
public final class Bond<P> implements LinkHandler<BondMessage<P>> {

  /** Wall clocks jump: nothing is believed of them for longer. */
  private static final Duration LONGEST_TRUST = Duration.ofHours(1);

  private final Bonds<P> bonds;
  private final Link<BondMessage<P>> link;
  private final PeerId peer;
  private final Introduction introduction;
  private final BondId id;
  private final Heartbeat heartbeat;
  private final BondTraffic traffic;
  private SignedPeerEntry entry;
  private @Nullable Timer timer;
  private @Nullable Timer expiry;
  private boolean over;

  Bond(
      Bonds<P> bonds,
      Link<BondMessage<P>> link,
      Introduction introduction,
      Validity validity,
      Heartbeat heartbeat) {
    this.bonds = bonds;
    this.link = link;
    this.peer = link.remotePeer();
    this.introduction = introduction;
    this.entry = introduction.self();
    this.heartbeat = heartbeat;
    id =
        new BondId(
            Digest.ofBytes(
                link.export(
                    BondId.EXPORTER_LABEL, bonds.group().digest().toBytes(), Digest.LENGTH)));
    traffic = new BondTraffic(bonds.nowNs());
    armTimer();
    armExpiry(validity);
  }

  /** The bond's name, the same at its other end. */
  public BondId id() {
    return id;
  }

  /** The member at the other end. */
  public PeerId peer() {
    return peer;
  }

  /** The incarnation of the log of the member at the other end. */
  public long incarnation() {
    return introduction.incarnation();
  }

  /** Whether the member at the other end never votes. */
  public boolean observer() {
    return introduction.observer();
  }

  /** What went over it so far; for any thread. */
  public BondTraffic traffic() {
    return traffic;
  }

  long sinceNs() {
    return traffic.sinceNs();
  }

  long session() {
    return introduction.session();
  }

  boolean dialled() {
    return link.dialled();
  }

  /** The entry of the member at the other end, as last told. */
  SignedPeerEntry entry() {
    return entry;
  }

  /** Whether it has ended; what is sent then goes nowhere. */
  public boolean isOver() {
    return over;
  }

  /** How many bytes wait on this side because the other does not take them. */
  long unsentBytes() {
    return link.unsentBytes();
  }

  /** Sends what was encoded once for many bonds; a bond whose other side takes nothing is ended. */
  public void send(Frame frame) {
    if (over) {
      return;
    }
    if (link.unsentBytes() + frame.wireBytes() > bonds.config().maxUnsentBytes()) {
      end(
          BondCloseReasons.TIMEOUT.because(
              "more than " + bonds.config().maxUnsentBytes() + " bytes are not taken"),
          false);
      return;
    }
    link.send(frame);
    traffic.sent(frame.wireBytes());
    heartbeat.sent(bonds.nowNs());
  }

  void send(BondMessage<P> message) {
    send(bonds.encode(message));
  }

  @Override
  public void received(Link<BondMessage<P>> from, BondMessage<P> message, int wireBytes) {
    if (over) {
      return;
    }
    long nowNs = bonds.nowNs();
    heartbeat.received(nowNs);
    traffic.received(wireBytes, nowNs);
    switch (message) {
      case Alive<P> alive -> {}
      case Payload<P> payload -> bonds.listener().received(this, payload.value());
      case EntryUpdate<P> update -> {
        if (!update.entry().entry().peerId().equals(peer)) {
          end(CloseReason.PROTOCOL_VIOLATION.because("an update of somebody else's entry"), false);
          return;
        }
        renew(update.entry());
      }
      case Formed<P> formed -> bonds.listener().learned(formed.entry());
      case Departure<P> departure -> end(CloseReason.SUCCESS, true);
      case BondMessage.Start<P> start -> endOutOfPlace(message);
      case BondMessage.Accept<P> accept -> endOutOfPlace(message);
    }
  }

  /** The member says something new of itself, perhaps by another ticket. */
  private void renew(SignedPeerEntry next) {
    if (next.entry().version().compareTo(entry.entry().version()) > 0) {
      entry = next;
      bonds.listener().learned(next);
      judge();
    }
  }

  private void judge() {
    bonds.admission().judge(entry.entry(), this::armExpiry);
  }

  /** Its ticket is judged again when it may have expired, and at least once an hour. */
  private void armExpiry(Validity validity) {
    if (over) {
      return;
    }
    if (expiry != null) {
      expiry.cancel();
      expiry = null;
    }
    switch (validity) {
      case Validity.Unlimited unlimited -> {}
      case Validity.Refused refused -> {
        CloseReason reason = BondCloseReasons.NOT_ALLOWED.because(refused.reason());
        end(reason, false);
        bonds.refused(peer, reason, true);
      }
      case Validity.Until until -> {
        Duration left = Duration.between(Instant.ofEpochMilli(bonds.nowMillis()), until.end());
        Duration wait = left.compareTo(LONGEST_TRUST) < 0 ? left : LONGEST_TRUST;
        expiry =
            bonds
                .strand()
                .schedule(wait.isNegative() ? Duration.ZERO : wait.plusMillis(1), this::judge);
      }
    }
  }

  private void endOutOfPlace(BondMessage<P> message) {
    end(
        CloseReason.PROTOCOL_VIOLATION.because(
            message.getClass().getSimpleName() + " on a bond that is made"),
        false);
  }

  @Override
  public void closed(Link<BondMessage<P>> from, CloseReason reason) {
    if (!over && reason.code() != BondCloseReasons.TIMEOUT.code()) {
      bonds.refused(peer, reason, false); // its side of the handshake ends after this one
    }
    end(reason, false);
  }

  /** Ends the bond for what the other side did; its member is told to be gone. Idempotent. */
  public void close(CloseReason reason) {
    end(reason, false);
  }

  /** Ends the bond, once, and tells {@link Bonds}. */
  void end(CloseReason reason, boolean departed) {
    if (over) {
      return;
    }
    over = true;
    if (timer != null) {
      timer.cancel();
    }
    if (expiry != null) {
      expiry.cancel();
    }
    link.close(reason);
    bonds.ended(this, reason, departed);
  }

  private void armTimer() {
    long delayNs = Math.max(0, heartbeat.nextCheckNs() - bonds.nowNs());
    timer = bonds.strand().schedule(Duration.ofNanos(delayNs), this::onTimer);
  }

  private void onTimer() {
    switch (heartbeat.check(bonds.nowNs())) {
      case DEAD -> {
        end(BondCloseReasons.TIMEOUT.because("nothing heard"), false);
        return;
      }
      case SPEAK -> send(bonds.aliveFrame());
      case NONE -> {}
    }
    if (over) {
      return;
    }
    Duration rtt = link.rtt();
    if (rtt != null) {
      traffic.measured(rtt);
      bonds.listener().measured(this, rtt);
    }
    armTimer();
  }

  @Override
  public String toString() {
    return "bond " + id + " with " + peer.toShortString();
  }
}

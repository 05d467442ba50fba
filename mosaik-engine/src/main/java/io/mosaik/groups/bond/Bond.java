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
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.Frame;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bond that was made: lives until its link ends, the other side falls silent or departs, or
 * {@link Bonds} closes it. Everything on the group's strand.
 *
 * @param <P> what the group itself says
 */
public final class Bond<P> implements LinkHandler<BondMessage<P>> {

  private final Bonds<P> bonds;
  private final Link<BondMessage<P>> link;
  private final PeerId peer;
  private final Introduction introduction;
  private final BondId id;
  private final Heartbeat heartbeat;
  private SignedPeerEntry entry;
  private @Nullable Timer timer;
  private boolean over;

  Bond(Bonds<P> bonds, Link<BondMessage<P>> link, Introduction introduction, Heartbeat heartbeat) {
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
    armTimer();
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
    heartbeat.received(bonds.nowNs());
    switch (message) {
      case Alive<P> alive -> {}
      case Payload<P> payload -> bonds.listener().received(this, payload.value());
      case EntryUpdate<P> update -> {
        if (!update.entry().entry().peerId().equals(peer)) {
          end(CloseReason.PROTOCOL_VIOLATION.because("an update of somebody else's entry"), false);
          return;
        }
        entry = update.entry();
        bonds.listener().learned(entry);
      }
      case Formed<P> formed -> bonds.listener().learned(formed.entry());
      case Departure<P> departure -> end(CloseReason.SUCCESS, true);
      case BondMessage.Start<P> start -> endOutOfPlace(message);
      case BondMessage.Accept<P> accept -> endOutOfPlace(message);
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
      bonds.listener().measured(this, rtt);
    }
    armTimer();
  }

  @Override
  public String toString() {
    return "bond " + id + " with " + peer.toShortString();
  }
}

package io.mosaik.groups.bond;

import io.mosaik.groups.bond.BondMessage.Start;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.groups.bond.Handshake.Outcome;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Timer;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import org.jspecify.annotations.Nullable;

/**
 * A link that another member dialled, until it is a bond or is refused. The side that dialled is to
 * wait for the answer before it says more.
 */
final class BondOffer<P> implements LinkHandler<BondMessage<P>> {

  private final Bonds<P> bonds;
  private final Link<BondMessage<P>> link;
  private @Nullable Timer deadline;
  private @Nullable Bond<P> bond;
  private boolean over;

  BondOffer(Bonds<P> bonds, Link<BondMessage<P>> link) {
    this.bonds = bonds;
    this.link = link;
  }

  /** Judges what the link began with. */
  void consider(Start<P> start) {
    if (isLate()) {
      return;
    }
    Handshake handshake = bonds.handshake(Role.ACCEPTOR, link);
    switch (handshake.received(start)) {
      case Outcome.Refused refused -> refuse(refused.reason());
      case Outcome.Bonded bonded -> admit(handshake, bonded.introduction());
    }
  }

  /** Whoever judges the other side has as long as a handshake may take. */
  private void admit(Handshake handshake, Introduction introduction) {
    deadline =
        bonds
            .strand()
            .schedule(bonds.config().handshakeTimeout(), () -> refuse(BondCloseReasons.TIMEOUT));
    bonds
        .admission()
        .judge(
            introduction.self().entry(),
            validity -> {
              if (isLate()) {
                return;
              }
              if (validity instanceof Validity.Refused refused) {
                refuse(BondCloseReasons.NOT_ALLOWED.because(refused.reason()));
              } else {
                accept(handshake, introduction, validity);
              }
            });
  }

  /** Whether there is nothing more to decide: the link or the group is closed. */
  private boolean isLate() {
    if (bonds.isClosed() && !over) {
      refuse(BondCloseReasons.GROUP_NOT_FOUND);
    }
    return over;
  }

  private void accept(Handshake handshake, Introduction introduction, Validity validity) {
    Peering<P> peering = bonds.peering(link.remotePeer());
    if (!makeRoom(peering, introduction)) {
      refuse(BondCloseReasons.ALREADY_BONDED);
      return;
    }
    link.send(handshake.accept(bonds.introduction()));
    Bond<P> previous = peering.bond;
    bond = bonds.bonded(peering, link, introduction, validity);
    cancelDeadline();
    if (previous != null) {
      previous.end(BondCloseReasons.ALREADY_BONDED, false);
    }
  }

  /** Whether the bond may be made; gives up an attempt of this side that is in its way. */
  private boolean makeRoom(Peering<P> peering, Introduction next) {
    PeerId self = bonds.self();
    Bond<P> present = peering.bond;
    if (present != null
        && !Handshake.replaces(
            self, peering.peer, present.dialled(), present.session(), next.session())) {
      return false;
    }
    BondAttempt<P> attempt = peering.attempt;
    if (attempt != null) {
      if (attempt.begun() && !Handshake.replaces(self, peering.peer, true, null, next.session())) {
        return false;
      }
      attempt.abandon(BondCloseReasons.ALREADY_BONDED);
    }
    return true;
  }

  private void refuse(CloseReason reason) {
    over = true;
    cancelDeadline();
    link.close(reason);
    bonds.refused(link.remotePeer(), reason, true);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
    }
  }

  @Override
  public void received(Link<BondMessage<P>> from, BondMessage<P> message, int wireBytes) {
    if (bond != null) {
      bond.received(from, message, wireBytes);
    } else if (!over) {
      refuse(CloseReason.PROTOCOL_VIOLATION.because("a message before the bond is made"));
    }
  }

  @Override
  public void closed(Link<BondMessage<P>> from, CloseReason reason) {
    boolean asked = !over;
    over = true;
    cancelDeadline();
    if (bond != null) {
      bond.closed(from, reason);
    } else if (asked) {
      bonds.refused(from.remotePeer(), reason, false);
    }
  }
}

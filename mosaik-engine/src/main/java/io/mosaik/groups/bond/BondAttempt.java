package io.mosaik.groups.bond;

import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.groups.bond.Handshake.Outcome;
import io.mosaik.runtime.Timer;
import io.mosaik.tickets.Validity;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import org.jspecify.annotations.Nullable;

/** A dial of this member, until it is a bond or has failed. */
final class BondAttempt<P> implements LinkHandler<BondMessage<P>> {

  private final Bonds<P> bonds;
  private final Peering<P> peering;
  private @Nullable Link<BondMessage<P>> link;
  private @Nullable Handshake handshake;
  private @Nullable Timer deadline;
  private @Nullable Bond<P> bond;
  private boolean begun;
  private boolean over;

  BondAttempt(Bonds<P> bonds, Peering<P> peering) {
    this.bonds = bonds;
    this.peering = peering;
  }

  void dialled(Link<BondMessage<P>> dialled) {
    link = dialled;
  }

  /** Whether the other side may have heard of it. */
  boolean begun() {
    return begun;
  }

  /** Gives way to a bond that the other side dialled, or to the end of the group. */
  void abandon(CloseReason reason) {
    finish();
    if (link != null) {
      link.close(reason);
    }
  }

  @Override
  public void opened(Link<BondMessage<P>> opened) {
    if (over) {
      return;
    }
    begun = true;
    handshake = bonds.handshake(Role.DIALLER, opened);
    deadline =
        bonds
            .strand()
            .schedule(
                bonds.config().handshakeTimeout(), () -> refuse(opened, BondCloseReasons.TIMEOUT));
    opened.send(handshake.start(bonds.introduction()));
  }

  @Override
  public void received(Link<BondMessage<P>> from, BondMessage<P> message, int wireBytes) {
    if (bond != null) {
      bond.received(from, message, wireBytes);
      return;
    }
    if (over || handshake == null) {
      return;
    }
    switch (handshake.received(message)) {
      case Outcome.Refused refused -> refuse(from, refused.reason());
      case Outcome.Bonded bonded -> {
        handshake = null;
        admit(from, bonded.introduction());
      }
    }
  }

  /** The other side has its bond already, and what it says waits until this one is judged too. */
  private void admit(Link<BondMessage<P>> from, Introduction introduction) {
    from.setReading(false);
    bonds
        .admission()
        .judge(
            introduction.self().entry(),
            validity -> {
              from.setReading(true);
              if (over) {
                return;
              }
              if (validity instanceof Validity.Refused refused) {
                refuse(from, BondCloseReasons.NOT_ALLOWED.because(refused.reason()));
              } else {
                finish();
                bond = bonds.bonded(peering, from, introduction, validity);
              }
            });
  }

  @Override
  public void closed(Link<BondMessage<P>> from, CloseReason reason) {
    if (bond != null) {
      bond.closed(from, reason);
    } else {
      fail(from, reason, false);
    }
  }

  private void refuse(Link<BondMessage<P>> from, CloseReason reason) {
    fail(from, reason, true);
  }

  private void fail(Link<BondMessage<P>> from, CloseReason reason, boolean here) {
    if (over) {
      return;
    }
    finish();
    from.setReading(true);
    from.close(reason);
    bonds.refused(peering.peer, reason, here);
    bonds.retryLater(peering, reason);
  }

  private void finish() {
    over = true;
    if (deadline != null) {
      deadline.cancel();
    }
    if (peering.attempt == this) {
      peering.attempt = null;
    }
  }
}

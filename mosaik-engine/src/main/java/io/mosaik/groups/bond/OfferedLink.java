package io.mosaik.groups.bond;

import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import org.jspecify.annotations.Nullable;

/**
 * A link that another member dialled and that was handed to the group: becomes a bond, or is
 * closed. The side that dialled is to wait for the answer before it says more.
 */
final class OfferedLink<P> implements LinkHandler<BondMessage<P>> {

  private @Nullable Bond<P> bond;
  private boolean over;

  /** Whether it was closed or refused before there was a bond. */
  boolean isOver() {
    return over;
  }

  void became(Bond<P> made) {
    bond = made;
  }

  void refuse(Link<BondMessage<P>> link, CloseReason reason) {
    over = true;
    link.close(reason);
  }

  @Override
  public void received(Link<BondMessage<P>> link, BondMessage<P> message, int wireBytes) {
    if (bond != null) {
      bond.received(link, message, wireBytes);
    } else if (!over) {
      refuse(link, CloseReason.PROTOCOL_VIOLATION.because("a message before the bond is made"));
    }
  }

  @Override
  public void closed(Link<BondMessage<P>> link, CloseReason reason) {
    over = true;
    if (bond != null) {
      bond.closed(link, reason);
    }
  }
}

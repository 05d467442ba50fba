package io.mosaik.groups.bond;

import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A link that another member dialled and that was handed to the group: becomes a bond, or is
 * closed. The side that dialled is to wait for the answer before it says more.
 */
final class OfferedLink<P> implements LinkHandler<BondMessage<P>> {

  private @Nullable Bond<P> bond;
  private @Nullable Timer deadline;
  private boolean over;

  /** Whether it was closed or refused before there was a bond. */
  boolean isOver() {
    return over;
  }

  /** Whoever judges the other side has so much time. */
  void awaitVerdict(Link<BondMessage<P>> link, Strand strand, Duration atMost) {
    deadline = strand.schedule(atMost, () -> refuse(link, BondCloseReasons.TIMEOUT));
  }

  void became(Bond<P> made) {
    bond = made;
    cancelDeadline();
  }

  void refuse(Link<BondMessage<P>> link, CloseReason reason) {
    over = true;
    cancelDeadline();
    link.close(reason);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
    }
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
    cancelDeadline();
    if (bond != null) {
      bond.closed(link, reason);
    }
  }
}

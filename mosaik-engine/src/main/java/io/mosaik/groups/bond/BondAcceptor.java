package io.mosaik.groups.bond;

import io.mosaik.groups.bond.BondMessage.Start;
import io.mosaik.id.GroupId;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkAcceptor;
import io.mosaik.transport.LinkHandler;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the links that other nodes dial for bonds, waits for the name of a group, and hands the
 * link to that group. Runs on one strand of the node.
 *
 * @param <P> what groups say
 */
public final class BondAcceptor<P> implements LinkAcceptor<BondMessage<P>> {

  private static final int MAX_WAITING = 1024;

  private final Strand strand;
  private final Duration handshakeTimeout;
  private final Function<GroupId, @Nullable Bonds<P>> groups;
  private int waitingCount;

  /**
   * For all groups of a node.
   *
   * @param strand that is given to {@code Links.listen} with this
   * @param handshakeTimeout for the first message
   * @param groups finds a group of this node; called on the strand
   */
  public BondAcceptor(
      Strand strand, Duration handshakeTimeout, Function<GroupId, @Nullable Bonds<P>> groups) {
    this.strand = strand;
    this.handshakeTimeout = handshakeTimeout;
    this.groups = groups;
  }

  @Override
  public LinkHandler<BondMessage<P>> accept(Link<BondMessage<P>> link) {
    return new Waiting(link);
  }

  private final class Waiting implements LinkHandler<BondMessage<P>> {
    private final Timer deadline;
    private boolean over;

    Waiting(Link<BondMessage<P>> link) {
      waitingCount++;
      deadline = strand.schedule(handshakeTimeout, () -> end(link, BondCloseReasons.TIMEOUT));
      if (waitingCount > MAX_WAITING) {
        end(link, CloseReason.CANCELLED.because("too many handshakes wait"));
      }
    }

    @Override
    public void received(Link<BondMessage<P>> link, BondMessage<P> message, int wireBytes) {
      if (over) {
        return;
      }
      if (!(message instanceof Start<P> start)) {
        end(
            link,
            BondCloseReasons.INVALID_HANDSHAKE.because(
                "it begins with " + message.getClass().getSimpleName()));
        return;
      }
      Bonds<P> bonds = groups.apply(start.group());
      if (bonds == null) {
        end(link, BondCloseReasons.GROUP_NOT_FOUND);
        return;
      }
      finish();
      bonds.take(link, start);
    }

    @Override
    public void closed(Link<BondMessage<P>> link, CloseReason reason) {
      finish();
    }

    private void end(Link<BondMessage<P>> link, CloseReason reason) {
      if (!over) {
        finish();
        link.close(reason);
      }
    }

    private void finish() {
      if (!over) {
        over = true;
        waitingCount--;
        deadline.cancel();
      }
    }
  }
}

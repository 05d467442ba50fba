package io.mosaik.transport;

import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The search for a dialled link's connection: one candidate after the other, each given a head
 * start, all that have not failed side by side ("Happy Eyeballs", RFC 8305 §5). The first that
 * proves the right key is kept. Runs on the strand of the node's links.
 *
 * @param <M> the messages of the link
 */
final class LinkDial<M> {

  private final Endpoint endpoint;
  private final GreetedConnection.Context context;
  private final PeerAddress to;
  private final Protocol<M> protocol;
  private final EndpointLink<M> link;
  private final Strand strand;

  private final Queue<Address> untried;
  private int underWay;
  private CloseReason failure = CloseReason.TIMED_OUT;
  private @Nullable Timer nextCandidate;
  private @Nullable Timer deadline;

  LinkDial(
      Endpoint endpoint,
      GreetedConnection.Context context,
      PeerAddress to,
      Protocol<M> protocol,
      EndpointLink<M> link) {
    this.endpoint = endpoint;
    this.context = context;
    this.to = to;
    this.protocol = protocol;
    this.link = link;
    this.strand = context.timers();
    this.untried = new ArrayDeque<>(to.candidates());
  }

  void start() {
    deadline = strand.schedule(context.options().dialDeadline(), this::expire);
    dialNext();
  }

  private void dialNext() {
    Address candidate = untried.poll();
    if (candidate == null || link.isFinished() || link.isAttached()) {
      return;
    }
    underWay++;
    if (!untried.isEmpty()) {
      nextCandidate = strand.schedule(context.options().candidateDelay(), this::dialNext);
    }
    endpoint.dial(
        candidate,
        to.peerId(),
        protocol.alpn(),
        protocol.maxFrameBytes(),
        GreetedConnection.dialling(
            context, protocol, link, reason -> strand.execute(() -> failed(reason))));
  }

  private void failed(CloseReason reason) {
    underWay--;
    failure = moreTelling(failure, reason);
    if (!untried.isEmpty()) {
      cancel(nextCandidate);
      dialNext();
    } else if (underWay == 0 && !link.isAttached()) {
      cancel(deadline);
      link.finish(failure);
    }
  }

  private void expire() {
    if (!link.isAttached()) {
      link.finish(CloseReason.TIMED_OUT);
    }
  }

  /** A candidate that answered with a reason says more than one that didn't answer. */
  private static CloseReason moreTelling(CloseReason before, CloseReason now) {
    boolean silent = now.is(CloseReason.TIMED_OUT) || now.is(CloseReason.CONNECTION_LOST);
    boolean wasSilent = before.is(CloseReason.TIMED_OUT) || before.is(CloseReason.CONNECTION_LOST);
    return silent && !wasSilent ? before : now;
  }

  private static void cancel(@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}

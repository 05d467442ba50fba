package io.mosaik.sim;

import io.mosaik.id.PeerId;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.ConnectionHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A handshake under way: asks, is answered, and opens, in one round trip. Where nobody answers it
 * asks again, ever more rarely, until its time is over.
 */
final class Dial {

  private static final long FIRST_RETRY_NS = Duration.ofMillis(200).toNanos();

  private final SimEndpoint from;
  private final Address address;
  private final @Nullable PeerId expected;
  private final String alpn;
  private final int maxFrameBytes;
  private final ConnectionHandler handler;
  private final Wires wires;
  private final Scheduler scheduler;
  private final Event timeout = Event.of(() -> fail(CloseReason.TIMED_OUT));
  private final Event retry = Event.of(this::ask);
  private long nextRetryNs = FIRST_RETRY_NS;
  private boolean done;

  Dial(
      SimEndpoint from,
      Address address,
      @Nullable PeerId expected,
      String alpn,
      int maxFrameBytes,
      ConnectionHandler handler) {
    this.from = from;
    this.address = address;
    this.expected = expected;
    this.alpn = alpn;
    this.maxFrameBytes = maxFrameBytes;
    this.handler = handler;
    this.wires = from.wires();
    this.scheduler = wires.scheduler();
  }

  void start() {
    scheduler.plan(timeout, wires.dialTimeoutNs());
    ask();
  }

  private void ask() {
    scheduler.plan(retry, nextRetryNs);
    nextRetryNs *= 2;
    SimEndpoint target = wires.at(from.node().seenFromHere(address));
    if (target != null) {
      Path there = wires.path(from.node(), target.node());
      if (there.isUp()) {
        scheduler.plan(
            Event.of(() -> target.onTransport(() -> answer(target))), there.nextDelayNs(wires));
      }
    }
  }

  /** On the target's strand. */
  private void answer(SimEndpoint target) {
    Path back = wires.path(target.node(), from.node());
    if (target.isOpen() && back.isUp()) {
      scheduler.plan(
          Event.of(() -> from.onTransport(() -> finish(target))), back.nextDelayNs(wires));
    }
  }

  /** On the dialler's strand. */
  private void finish(SimEndpoint target) {
    if (done) {
      return;
    }
    SimEndpoint.Listener listener = target.listener(alpn);
    if (listener == null) {
      fail(CloseReason.INVALID_ALPN);
    } else if (expected != null && !expected.equals(target.peerId())) {
      fail(CloseReason.NOT_ADMITTED.because("another key answers at " + address));
    } else if (!target.isOpen()) {
      fail(CloseReason.CONNECTION_LOST);
    } else {
      abandon();
      SimConnection.open(
          from, target, alpn, address, maxFrameBytes, listener.maxFrameBytes(), handler);
    }
  }

  void fail(CloseReason reason) {
    if (done) {
      return;
    }
    abandon();
    from.onTransport(() -> handler.closed(reason));
  }

  /** Ends it without a word. */
  void abandon() {
    done = true;
    scheduler.takeBack(timeout);
    scheduler.takeBack(retry);
    from.remove(this);
  }
}

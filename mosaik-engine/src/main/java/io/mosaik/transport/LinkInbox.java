package io.mosaik.transport;

import io.mosaik.runtime.Strand;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens on a link, on its way from the transport's thread to the strand of the link's
 * worker: one queue, bounded in bytes by turning the connection's reading off and on, emptied in
 * order by one drain at a time. A drain that finds the link handed over goes on at the new place.
 *
 * @param <M> the messages of the link
 */
final class LinkInbox<M> {

  private static final Logger LOG = LoggerFactory.getLogger(LinkInbox.class);

  private final EndpointLink<M> link;
  private final Codec<M> codec;
  private final LinkOptions options;

  private final Queue<Event<M>> events = new ConcurrentLinkedQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicBoolean draining = new AtomicBoolean();
  private final AtomicBoolean drained = new AtomicBoolean();
  private volatile Target<M> target;
  private volatile boolean open;
  private volatile boolean discarding;

  private final AtomicInteger readingChanges = new AtomicInteger();
  private volatile @Nullable Connection connection;
  private volatile boolean wanted = true;
  private volatile boolean full;
  private boolean isReading = true;

  LinkInbox(EndpointLink<M> link, Codec<M> codec, LinkOptions options, Target<M> target) {
    this.link = link;
    this.codec = codec;
    this.options = options;
    this.target = target;
  }

  // ---- from the transport's thread ----

  void attach(Connection to) {
    connection = to;
    adjustReading();
  }

  void accepted(LinkAcceptor<M> acceptor) {
    add(new Event.Accepted<>(acceptor));
  }

  void opened() {
    add(new Event.Opened<>());
  }

  void received(byte[] payload) {
    waitingBytes.addAndGet(payload.length + Frame.HEADER_BYTES);
    adjustReading();
    events.add(new Event.Received<>(payload));
    Target<M> at = target;
    if (at.handler.isBrief()) {
      wake(at.strand::runOrExecute);
    } else {
      wake();
    }
  }

  void drained() {
    drained.set(true);
    wake();
  }

  void closed(CloseReason reason) {
    add(new Event.Closed<>(reason));
  }

  // ---- from anywhere ----

  /** What has not been handled yet never will be. */
  void discard() {
    discarding = true;
    wake();
  }

  void setReading(boolean reading) {
    wanted = reading;
    adjustReading();
    wake();
  }

  void handOver(Strand strand, LinkHandler<M> handler) {
    target = new Target<>(strand, handler);
  }

  private void add(Event<M> event) {
    events.add(event);
    wake();
  }

  private void wake() {
    wake(target.strand);
  }

  private void wake(Executor on) {
    if (hasWork() && draining.compareAndSet(false, true)) {
      on.execute(this::drain);
    }
  }

  /** Whether a drain would do anything: messages stay while the worker doesn't want them. */
  private boolean hasWork() {
    Event<M> next = events.peek();
    return next instanceof Event.Received
        ? wanted || discarding
        : next != null || (open && drained.get());
  }

  private void adjustReading() {
    if (readingChanges.getAndIncrement() != 0) {
      return;
    }
    int done = 1;
    do {
      if (waitingBytes.get() > options.inboxHighBytes()) {
        full = true;
      }
      // After the write above: the drain lowers the count first and looks at the mark then.
      if (waitingBytes.get() <= options.inboxLowBytes()) {
        full = false;
      }
      Connection of = connection;
      boolean reading = wanted && !full;
      if (of != null && reading != isReading) {
        isReading = reading;
        of.setReading(reading);
      }
      done = readingChanges.addAndGet(-done);
    } while (done != 0);
  }

  // ---- on the link's strand ----

  private void drain() {
    Target<M> at = target;
    if (!at.strand.isCurrent()) {
      at.strand.execute(this::drain);
      return;
    }
    for (int handled = 0; handled < options.batchMessages() && hasWork(); handled++) {
      handleNext(at);
      if (target != at) {
        if (!target.strand.isCurrent()) {
          target.strand.execute(this::drain);
          return;
        }
        at = target;
      }
    }
    if (hasWork()) {
      at.strand.execute(this::drain);
      return;
    }
    draining.set(false);
    wake();
  }

  private void handleNext(Target<M> at) {
    if (open && drained.compareAndSet(true, false)) {
      attempt(() -> at.handler.drained(link));
      return;
    }
    switch (events.poll()) {
      case Event.Accepted<M>(var acceptor) -> attempt(() -> accept(at, acceptor));
      case Event.Opened<M>() -> {
        open = true;
        attempt(() -> at.handler.opened(link));
      }
      case Event.Received<M>(var payload) -> {
        if (!discarding) {
          receive(at, payload);
        }
        waitingBytes.addAndGet(-(payload.length + Frame.HEADER_BYTES));
        if (full) {
          adjustReading();
        }
      }
      case Event.Closed<M>(var reason) -> {
        open = false;
        attempt(() -> at.handler.closed(link, reason));
      }
      case null -> {}
    }
  }

  private void accept(Target<M> at, LinkAcceptor<M> acceptor) {
    LinkHandler<M> handler = acceptor.accept(link);
    if (target == at) {
      target = new Target<>(at.strand, handler);
    }
  }

  private void receive(Target<M> at, byte[] payload) {
    M message;
    try {
      var in = new BinaryReader(payload);
      message = codec.decode(in);
      in.expectEnd();
    } catch (MalformedException e) {
      LOG.debug("{}: malformed message: {}", link, e.getMessage());
      link.violated("malformed message, " + e.getMessage());
      return;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.debug("{}: a message does not decode", link, e);
      link.violated("malformed message");
      return;
    }
    attempt(() -> at.handler.received(link, message, payload.length + Frame.HEADER_BYTES));
  }

  /** A worker's handler that fails takes its own link with it, and nothing else. */
  private void attempt(Runnable call) {
    try {
      call.run();
    } catch (MalformedException e) {
      LOG.debug("{}: refused message: {}", link, e.getMessage());
      link.violated("refused message, " + e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.warn("{}: its handler failed, the link is closed", link, e);
      link.violated("refused message");
    }
  }

  /** Where the events of a link go; compared by identity. */
  static final class Target<M> {

    private final Strand strand;
    private final LinkHandler<M> handler;

    Target(Strand strand, LinkHandler<M> handler) {
      this.strand = strand;
      this.handler = handler;
    }
  }

  private sealed interface Event<M> {

    record Accepted<M>(LinkAcceptor<M> acceptor) implements Event<M> {}

    record Opened<M>() implements Event<M> {}

    record Received<M>(byte[] payload) implements Event<M> {}

    record Closed<M>(CloseReason reason) implements Event<M> {}
  }
}

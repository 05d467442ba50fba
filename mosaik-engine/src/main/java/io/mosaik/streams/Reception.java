package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.id.StreamId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the links of consumers arrive: hears each until it has said which stream it wants, and
 * shows it to that stream's producer. What no producer can count, since there is none, it counts.
 */
final class Reception {

  /** Finds the producer of a stream; null if this node has none. */
  interface Producers {
    @Nullable ProducerWorker find(StreamId stream);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);
  private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(5);

  /** How many links may be open at a time that have not said which stream they want. */
  private static final int MAX_WAITING = 1024;

  private final Platform platform;
  private final Discovery discovery;
  private final BooleanSupplier closed;
  private final Producers producers;
  private final Strand strand;
  private final Refusals refusals = new Refusals();
  private final Repeats repeats = new Repeats();
  private int waiting;

  Reception(Platform platform, Discovery discovery, BooleanSupplier closed, Producers producers) {
    this.platform = platform;
    this.discovery = discovery;
    this.closed = closed;
    this.producers = producers;
    strand = platform.newStrand("streams");
  }

  /** Where links have to arrive. */
  Strand strand() {
    return strand;
  }

  /** How often a link was refused before it came to a producer; from any thread. */
  Map<Refusal, Long> refusals() {
    return refusals.toMap();
  }

  /** A link has come; on the strand. */
  LinkHandler<StreamMessage> receive(Link<StreamMessage> link) {
    return new Arrival(link);
  }

  /** Counts it, tells the first of its kind and then how many, and closes the link. */
  private void refuse(Link<StreamMessage> link, Refusal refusal, CloseReason reason) {
    refusals.count(refusal);
    String peer = link.remotePeer().toShortString();
    long times = repeats.happened(reason, platform.clock().nanoTime());
    if (times > 0) {
      LOG.info("Refused a consumer of {}, {}{}", peer, reason, Repeats.since(times));
    }
    link.close(reason);
  }

  /** A link that has not said which stream it wants. */
  private final class Arrival implements LinkHandler<StreamMessage> {

    private boolean done;

    Arrival(Link<StreamMessage> link) {
      waiting++;
      if (waiting > MAX_WAITING) {
        refuse(
            link,
            Refusal.NO_CAPACITY,
            StreamCloseReasons.NO_CAPACITY.because("too many links ask at once"));
      }
      strand.schedule(
          REQUEST_DEADLINE,
          () -> {
            if (!done) {
              link.close(CloseReason.TIMED_OUT.because("no stream was asked for"));
            }
          });
    }

    @Override
    public void received(Link<StreamMessage> link, StreamMessage message, int wireBytes) {
      if (done || !(message instanceof StreamMessage.Subscribe request)) {
        link.close(CloseReason.PROTOCOL_VIOLATION.because("a stream must be asked for first"));
        return;
      }
      done();
      ProducerWorker producer = producers.find(request.stream());
      if (closed.getAsBoolean()) {
        link.close(CloseReason.GRACEFUL_SHUTDOWN);
      } else if (discovery.catalog().get().get(link.remotePeer()) == null) {
        link.close(CloseReason.UNKNOWN_PEER);
      } else if (producer == null) {
        refuse(
            link,
            Refusal.NOT_FOUND,
            StreamCloseReasons.NOT_FOUND.because(
                "no stream " + request.stream().toShortString() + " is produced here"));
      } else {
        producer.subscribe(link, request);
      }
    }

    @Override
    public void closed(Link<StreamMessage> link, CloseReason reason) {
      done();
    }

    private void done() {
      if (!done) {
        done = true;
        waiting--;
      }
    }
  }
}

package io.mosaik.discovery.worker;

import io.mosaik.discovery.rtt.PingMessage;
import io.mosaik.runtime.Clock;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks and answers pings, on the worker's strand. */
final class Pings {

  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Links links;
  private final Strand strand;
  private final Clock clock;
  private final Rtts rtts;
  private long lastNonce;

  Pings(Links links, Strand strand, Clock clock, Rtts rtts) {
    this.links = links;
    this.strand = strand;
    this.clock = clock;
    this.rtts = rtts;
  }

  void listen() {
    links.listen(
        PingMessage.PROTOCOL,
        strand,
        link -> new Answering(strand.schedule(DEADLINE, () -> link.close(CloseReason.TIMED_OUT))));
  }

  /**
   * Measures one round trip over a connection of its own, greeting not counted.
   *
   * @return completes with it
   */
  CompletableFuture<Duration> ping(PeerAddress address) {
    var asking = new Asking(++lastNonce);
    Link<PingMessage> link = links.dial(address, PingMessage.PROTOCOL, strand, asking);
    asking.deadline = strand.schedule(DEADLINE, () -> link.close(CloseReason.TIMED_OUT));
    return asking.result;
  }

  private static final class Answering implements LinkHandler<PingMessage> {

    private final Timer deadline;

    Answering(Timer deadline) {
      this.deadline = deadline;
    }

    @Override
    public void received(Link<PingMessage> link, PingMessage message, int wireBytes) {
      if (!(message instanceof PingMessage.Ping(long nonce))) {
        throw new MalformedException("a ping is expected from who dialled");
      }
      link.send(new PingMessage.Pong(nonce));
    }

    @Override
    public void closed(Link<PingMessage> link, CloseReason reason) {
      deadline.cancel();
    }
  }

  private final class Asking implements LinkHandler<PingMessage> {

    private final long nonce;
    private final CompletableFuture<Duration> result = new CompletableFuture<>();
    private @Nullable Timer deadline;
    private long sentNs;

    Asking(long nonce) {
      this.nonce = nonce;
    }

    @Override
    public void opened(Link<PingMessage> link) {
      sentNs = clock.nanoTime();
      link.send(new PingMessage.Ping(nonce));
    }

    @Override
    public void received(Link<PingMessage> link, PingMessage message, int wireBytes) {
      if (!(message instanceof PingMessage.Pong(long answered)) || answered != nonce) {
        throw new MalformedException("the answer to another ping");
      }
      var trip = Duration.ofNanos(Math.max(0, clock.nanoTime() - sentNs));
      rtts.record(link.remotePeer(), trip);
      result.complete(trip);
      link.close(CloseReason.SUCCESS);
    }

    @Override
    public void closed(Link<PingMessage> link, CloseReason reason) {
      if (deadline != null) {
        deadline.cancel();
      }
      result.completeExceptionally(new IllegalStateException("no answer to a ping: " + reason));
    }
  }
}

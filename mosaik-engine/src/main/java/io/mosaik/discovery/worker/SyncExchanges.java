package io.mosaik.discovery.worker;

import io.mosaik.discovery.Notice;
import io.mosaik.discovery.sync.SyncCore;
import io.mosaik.discovery.sync.SyncMessage;
import io.mosaik.id.PeerId;
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

/** The catalog syncs of a node, both sides, all of them on the worker's strand. */
final class SyncExchanges {

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final long MAX_UNSENT_BYTES = 256L * 1024;
  private static final int MAX_ACCEPTED = 32;

  private final Links links;
  private final Strand strand;
  private final SyncCore.CatalogView catalog;
  private final Merger merger;
  private int accepted;

  /** Takes what came. */
  @FunctionalInterface
  interface Merger {

    /**
     * Merges a notice into the catalog.
     *
     * @throws MalformedException if it is forged or no notice
     */
    void merge(Notice notice, PeerId from);
  }

  SyncExchanges(Links links, Strand strand, SyncCore.CatalogView catalog, Merger merger) {
    this.links = links;
    this.strand = strand;
    this.catalog = catalog;
    this.merger = merger;
  }

  void listen() {
    links.listen(
        SyncMessage.PROTOCOL,
        strand,
        link -> {
          if (accepted >= MAX_ACCEPTED) {
            link.close(CloseReason.CANCELLED.because("enough catalog syncs for now, try later"));
          }
          accepted++;
          var exchange = new Exchange(SyncCore.acceptor(catalog));
          exchange.begin();
          var unused = exchange.result.whenComplete((done, error) -> accepted--);
          return exchange;
        });
  }

  /** Exchanges catalogs with whoever answers; completes when both have what the other lacked. */
  CompletableFuture<Void> start(PeerAddress with) {
    var exchange = new Exchange(SyncCore.dialler(catalog));
    Link<SyncMessage> link = links.dial(with, SyncMessage.PROTOCOL, strand, exchange);
    exchange.begin();
    exchange.pump(link);
    return exchange.result;
  }

  private final class Exchange implements LinkHandler<SyncMessage> {

    private final SyncCore core;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private @Nullable Timer deadline;
    private @Nullable Link<SyncMessage> link;

    Exchange(SyncCore core) {
      this.core = core;
    }

    void begin() {
      deadline = strand.schedule(DEADLINE, this::expire);
    }

    private void expire() {
      if (link != null) {
        link.close(CloseReason.TIMED_OUT);
      }
    }

    void pump(Link<SyncMessage> over) {
      link = over;
      while (over.unsentBytes() < MAX_UNSENT_BYTES) {
        SyncMessage message = core.next();
        if (message == null) {
          break;
        }
        over.send(message);
      }
      if (core.isComplete() && over.dialled()) {
        over.close(CloseReason.SUCCESS);
      }
    }

    @Override
    public void opened(Link<SyncMessage> over) {
      if (over.remotePeer().equals(links.peerId())) {
        over.close(CloseReason.CANCELLED.because("this is the same node"));
        return;
      }
      pump(over);
    }

    @Override
    public void received(Link<SyncMessage> over, SyncMessage message, int wireBytes) {
      for (Notice notice : core.received(message)) {
        merger.merge(notice, over.remotePeer());
      }
      pump(over);
    }

    @Override
    public void drained(Link<SyncMessage> over) {
      pump(over);
    }

    @Override
    public void closed(Link<SyncMessage> over, CloseReason reason) {
      if (deadline != null) {
        deadline.cancel();
      }
      if (core.isComplete()) {
        result.complete(null);
      } else {
        result.completeExceptionally(
            new IllegalStateException("the catalog sync was not completed: " + reason));
      }
    }
  }
}

package io.mosaik.discovery.worker;

import io.mosaik.discovery.Catalog;
import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.id.StreamId;
import io.mosaik.id.Tag;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Watch;
import io.mosaik.tickets.Ticket;
import io.mosaik.transport.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends calls to the worker's strand, and reads what the worker published. */
final class DiscoveryHandle implements Discovery {

  private final DiscoveryWorker worker;

  DiscoveryHandle(DiscoveryWorker worker) {
    this.worker = worker;
  }

  @Override
  public Watch<PeerEntry> self() {
    return worker.published().self();
  }

  @Override
  public Watch<Catalog> catalog() {
    return worker.published().catalog();
  }

  @Override
  public Cancellation onEvent(Executor executor, Consumer<? super DiscoveryEvent> listener) {
    return worker.published().onEvent(executor, listener);
  }

  @Override
  public void addTags(Tag... tags) {
    List<Tag> copy = List.of(tags);
    worker.changeSelf(self -> self.addTags(copy));
  }

  @Override
  public void removeTags(Tag... tags) {
    List<Tag> copy = List.of(tags);
    worker.changeSelf(self -> self.removeTags(copy));
  }

  @Override
  public void addTickets(Ticket... tickets) {
    List<Ticket> copy = List.of(tickets);
    for (Ticket ticket : copy) {
      if (ticket.data().length > PeerEntry.MAX_TICKET_BYTES) {
        throw new IllegalArgumentException(
            ticket + ", at most " + PeerEntry.MAX_TICKET_BYTES + " are allowed");
      }
    }
    worker.changeSelf(self -> self.addTickets(copy));
  }

  @Override
  public void removeTickets(Ticket... tickets) {
    List<Ticket> copy = List.of(tickets);
    worker.changeSelf(self -> self.removeTickets(copy));
  }

  @Override
  public Cancellation advertise(StreamId stream) {
    worker.changeSelf(self -> self.advertise(stream));
    return once(() -> worker.changeSelf(self -> self.withdraw(stream)));
  }

  @Override
  public Cancellation advertise(GroupId group) {
    worker.changeSelf(self -> self.advertise(group));
    return once(() -> worker.changeSelf(self -> self.withdraw(group)));
  }

  private static Cancellation once(Runnable action) {
    var done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        action.run();
      }
    };
  }

  @Override
  public CompletableFuture<PeerId> dial(PeerAddress address) {
    return worker.dial(address);
  }

  @Override
  public CompletableFuture<Void> syncWith(PeerAddress address) {
    return worker.syncWith(address);
  }

  @Override
  public CompletableFuture<Duration> ping(PeerAddress address) {
    return worker.ping(address);
  }

  @Override
  public CompletableFuture<Boolean> feed(SignedPeerEntry entry) {
    return worker.feed(entry);
  }

  @Override
  public SignedPeerEntry signedSelf() {
    return worker.published().signedSelf();
  }

  @Override
  public @Nullable Duration rtt(PeerId peer) {
    return worker.rtts().get(peer);
  }

  @Override
  public void recordRtt(PeerId peer, Duration sample) {
    worker.rtts().record(peer, sample);
  }
}

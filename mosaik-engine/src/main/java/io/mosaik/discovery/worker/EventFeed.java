package io.mosaik.discovery.worker;

import io.mosaik.discovery.DiscoveryEvent;
import io.mosaik.discovery.DiscoveryEvent.PeerDeparted;
import io.mosaik.discovery.DiscoveryEvent.PeerDiscovered;
import io.mosaik.discovery.DiscoveryEvent.PeerUpdated;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one listener. It gets every one, as long as no more than {@link #MAX_WAITING} wait
 * for it; while it is further behind, those of one peer are merged, so that what waits is never
 * more than that and one event for each peer.
 */
final class EventFeed implements Cancellation {

  /** So many events are handed to a listener that has not taken them. */
  static final int MAX_WAITING = 1_024;

  private static final int RESUME_AT = MAX_WAITING / 2;

  private final Executor strand;
  private final Executor executor;
  private final Consumer<? super DiscoveryEvent> listener;
  private final Consumer<EventFeed> onCancel;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * The events of one peer that were not handed over.
   *
   * @param known what the listener knows of it; null if nothing
   * @param last the latest entry
   * @param departed whether the peer is gone
   */
  private record Merged(@Nullable PeerEntry known, PeerEntry last, boolean departed) {

    static Merged of(DiscoveryEvent event) {
      return switch (event) {
        case PeerDiscovered discovered -> new Merged(null, discovered.entry(), false);
        case PeerUpdated updated -> new Merged(updated.previous(), updated.entry(), false);
        case PeerDeparted departed -> new Merged(departed.entry(), departed.entry(), true);
      };
    }

    /** Null if it comes to nothing: the listener never knew of a peer that is gone. */
    @Nullable Merged with(Merged later) {
      return known == null && later.departed ? null : new Merged(known, later.last, later.departed);
    }

    DiscoveryEvent event() {
      if (departed) {
        return new PeerDeparted(last);
      }
      return known == null ? new PeerDiscovered(last) : new PeerUpdated(known, last);
    }
  }

  /** On the strand, in the order of each peer's first event. */
  private final LinkedHashMap<PeerId, Merged> held = new LinkedHashMap<>();

  private volatile boolean cancelled;

  /**
   * A feed without events yet.
   *
   * @param strand that {@link #fire} is called on
   * @param executor where the listener runs
   * @param onCancel called when it is cancelled, on the thread that does so
   */
  EventFeed(
      Executor strand,
      Executor executor,
      Consumer<? super DiscoveryEvent> listener,
      Consumer<EventFeed> onCancel) {
    this.strand = strand;
    this.executor = executor;
    this.listener = listener;
    this.onCancel = onCancel;
  }

  void fire(DiscoveryEvent event) {
    if (held.isEmpty() && waiting.get() < MAX_WAITING) {
      handOver(event);
    } else {
      var unused = held.merge(event.entry().peerId(), Merged.of(event), Merged::with);
    }
  }

  private void handOver(DiscoveryEvent event) {
    waiting.incrementAndGet();
    executor.execute(() -> {
      try {
        if (!cancelled) {
          listener.accept(event);
        }
      } finally {
        if (waiting.decrementAndGet() == RESUME_AT) {
          strand.execute(this::resume);
        }
      }
    });
  }

  private void resume() {
    while (waiting.get() < MAX_WAITING) {
      Map.Entry<PeerId, Merged> next = held.pollFirstEntry();
      if (next == null) {
        return;
      }
      handOver(next.getValue().event());
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    onCancel.accept(this);
  }
}

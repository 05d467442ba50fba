package io.mosaik.sim;

import io.mosaik.transport.CloseReason;
import io.mosaik.wire.Frame;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * One direction of a connection: reliable and in order for as long as both ends live. A frame goes
 * from waiting, which the flow-control window limits, to flying, which the path delays, to arrived,
 * where the reader takes it. A path that is down holds what flies; when it is up again, that
 * arrives within the latency and a random part of the outage, 1 s at most, as retransmissions do.
 */
final class Pipe {

  private static final long LONGEST_BACKOFF_NS = 1_000_000_000L;

  private final SimConnection sender;
  private final SimConnection receiver;
  private final Path path;
  private final Wires wires;
  private final Scheduler scheduler;
  private final ArrayDeque<Frame> waiting = new ArrayDeque<>();
  private final ArrayDeque<Parcel> flying = new ArrayDeque<>();
  private final ArrayDeque<Parcel> arrived = new ArrayDeque<>();
  private final Event arrival = Event.of(this::arrive);
  private long waitingBytes;
  private long openBytes;
  private long takenUnacknowledgedBytes;
  private long lastArrivalNs;
  private long lastDepartureNs = -1;
  private long downSinceNs;
  private boolean wasUp = true;
  private boolean deliveryPlanned;

  /** What travels: the opening, a frame, or the close. */
  private record Parcel(Content content, int bytes, long departsNs, long arrivesNs) {

    Parcel arrivingAt(long ns) {
      return new Parcel(content, bytes, departsNs, ns);
    }
  }

  private sealed interface Content {

    record Opening() implements Content {}

    record Data(Frame frame) implements Content {}

    record Close(CloseReason reason) implements Content {}
  }

  Pipe(SimConnection sender, SimConnection receiver, Path path, Wires wires) {
    this.sender = sender;
    this.receiver = receiver;
    this.path = path;
    this.wires = wires;
    this.scheduler = wires.scheduler();
    pathMayHaveChanged();
  }

  Path path() {
    return path;
  }

  long waitingBytes() {
    return waitingBytes;
  }

  void open() {
    launch(new Content.Opening(), 0);
  }

  void send(Frame frame) {
    waiting.add(frame);
    waitingBytes += frame.wireBytes();
    pump();
  }

  void close(CloseReason reason) {
    launch(new Content.Close(reason), 0);
  }

  /** Launches what the window allows; tells whether everything that waited has left. */
  void pump() {
    boolean waited = !waiting.isEmpty();
    while (openBytes < wires.windowBytes()) {
      Frame frame = waiting.poll();
      if (frame == null) {
        break;
      }
      waitingBytes -= frame.wireBytes();
      openBytes += frame.wireBytes();
      launch(new Content.Data(frame), frame.wireBytes());
    }
    if (waited && waiting.isEmpty()) {
      sender.allHasLeft();
    }
  }

  private void launch(Content content, int bytes) {
    long nowNs = scheduler.nowNs();
    long departsNs = path.take(nowNs, bytes);
    long arrivesNs =
        departsNs == lastDepartureNs ? lastArrivalNs : departsNs + path.nextDelayNs(wires);
    lastDepartureNs = departsNs;
    lastArrivalNs = Math.max(lastArrivalNs, arrivesNs);
    flying.add(new Parcel(content, bytes, departsNs, lastArrivalNs));
    planArrival();
  }

  private void planArrival() {
    Parcel next = flying.peek();
    if (next != null && wasUp && !arrival.isPlanned()) {
      scheduler.planAt(arrival, next.arrivesNs());
    }
  }

  private void arrive() {
    Parcel next = flying.peek();
    while (next != null && next.arrivesNs() <= scheduler.nowNs()) {
      arrived.add(flying.remove());
      next = flying.peek();
    }
    planArrival();
    planDelivery();
  }

  private void planDelivery() {
    if (!deliveryPlanned && !arrived.isEmpty()) {
      deliveryPlanned = true;
      receiver.onTransport(this::deliver);
    }
  }

  /** The reader takes frames again. */
  void readingResumed() {
    planDelivery();
  }

  private void deliver() {
    deliveryPlanned = false;
    while (true) {
      Parcel next = arrived.peek();
      if (next == null) {
        return;
      }
      if (receiver.isOver()) {
        arrived.clear();
        return;
      }
      if (next.content() instanceof Content.Data && !receiver.isReading()) {
        return;
      }
      arrived.remove();
      switch (next.content()) {
        case Content.Opening opening -> receiver.accept();
        case Content.Data(Frame frame) -> {
          acknowledge(next.bytes());
          receiver.take(frame);
        }
        case Content.Close(CloseReason reason) -> receiver.closedByOther(reason);
      }
    }
  }

  private void acknowledge(int bytes) {
    takenUnacknowledgedBytes += bytes;
    acknowledgementsMayPass();
  }

  /** The window opens at once, if the way back is up. */
  void acknowledgementsMayPass() {
    if (takenUnacknowledgedBytes > 0 && receiver.canReachOther()) {
      openBytes -= takenUnacknowledgedBytes;
      takenUnacknowledgedBytes = 0;
      if (!waiting.isEmpty() && !sender.isOver()) {
        pump();
      }
    }
  }

  void pathMayHaveChanged() {
    boolean up = path.isUp();
    if (up == wasUp) {
      return;
    }
    wasUp = up;
    if (!up) {
      downSinceNs = scheduler.nowNs();
      scheduler.takeBack(arrival);
    } else {
      retransmit();
    }
  }

  private void retransmit() {
    long nowNs = scheduler.nowNs();
    long backoffNs = Math.min(nowNs - downSinceNs, LONGEST_BACKOFF_NS);
    long earliestNs =
        nowNs + path.nextDelayNs(wires) + (backoffNs > 0 ? wires.random().nextLong(backoffNs) : 0);
    for (int i = flying.size(); i > 0; i--) {
      Parcel parcel = flying.remove();
      flying.add(parcel.arrivingAt(Math.max(parcel.arrivesNs(), earliestNs)));
    }
    lastArrivalNs = Math.max(lastArrivalNs, earliestNs);
    planArrival();
  }

  /** The sender is no more: what has left it still arrives, unless the path is down. */
  void senderGone() {
    waiting.clear();
    waitingBytes = 0;
    if (!wasUp) {
      flying.clear();
    } else {
      while (!flying.isEmpty()
          && Objects.requireNonNull(flying.peekLast()).departsNs() > scheduler.nowNs()) {
        flying.removeLast();
      }
    }
    if (flying.isEmpty()) {
      scheduler.takeBack(arrival);
    }
  }

  /** The receiver is no more. */
  void receiverGone() {
    flying.clear();
    arrived.clear();
    scheduler.takeBack(arrival);
  }
}

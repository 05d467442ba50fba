package io.mosaik.sim;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.ConnectionHandler;
import io.mosaik.transport.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node's place among the wires. One strand of it makes all calls to handlers. */
final class SimEndpoint implements Endpoint {

  private final Node node;
  private final SecretKey key;
  private final List<Address> addresses;
  private final Wires wires;
  private final Strand transport;
  private final Map<String, Listener> listeners = new LinkedHashMap<>();
  private final Set<SimConnection> connections = new LinkedHashSet<>();
  private final Set<Dial> dials = new LinkedHashSet<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private boolean open = true;

  /** Who accepts a protocol's connections, and the frames it takes. */
  record Listener(int maxFrameBytes, Acceptor acceptor) {}

  SimEndpoint(Node node, SecretKey key, List<Address> addresses, Wires wires, Strand transport) {
    this.node = node;
    this.key = key;
    this.addresses = List.copyOf(addresses);
    this.wires = wires;
    this.transport = transport;
    bindAll();
  }

  private void bindAll() {
    var done = new ArrayList<Address>();
    try {
      for (Address address : addresses) {
        wires.bind(address, this);
        done.add(address);
      }
    } catch (IllegalStateException e) {
      done.forEach(address -> wires.unbind(address, this));
      throw e;
    }
  }

  Node node() {
    return node;
  }

  Wires wires() {
    return wires;
  }

  boolean isOpen() {
    return open;
  }

  void onTransport(Runnable task) {
    transport.execute(task);
  }

  Set<SimConnection> connections() {
    return connections;
  }

  @Nullable Listener listener(String alpn) {
    return listeners.get(alpn);
  }

  @Override
  public PeerId peerId() {
    return key.peerId();
  }

  @Override
  public List<Address> addresses() {
    return addresses;
  }

  @Override
  public void listen(String alpn, int maxFrameBytes, Acceptor acceptor) {
    wires.scheduler().checkThread();
    if (listeners.putIfAbsent(alpn, new Listener(maxFrameBytes, acceptor)) != null) {
      throw new IllegalStateException("the protocol " + alpn + " is listened to already");
    }
  }

  @Override
  public void dial(
      Address address,
      @Nullable PeerId expected,
      String alpn,
      int maxFrameBytes,
      ConnectionHandler handler) {
    wires.scheduler().checkThread();
    var dial = new Dial(this, address, expected, alpn, maxFrameBytes, handler);
    if (open) {
      dials.add(dial);
      dial.start();
    } else {
      dial.fail(CloseReason.CONNECTION_LOST.because("this endpoint is closed"));
    }
  }

  @Nullable ConnectionHandler accept(String alpn) {
    Listener listener = listeners.get(alpn);
    return !open || listener == null ? null : listener.acceptor().accept();
  }

  void add(SimConnection connection) {
    connections.add(connection);
  }

  void remove(SimConnection connection) {
    connections.remove(connection);
    endIfEmpty();
  }

  void remove(Dial dial) {
    dials.remove(dial);
  }

  @Override
  public CompletableFuture<Void> close(CloseReason reason) {
    wires.scheduler().checkThread();
    if (open) {
      open = false;
      unbind();
      List.copyOf(dials).forEach(dial -> dial.fail(reason));
      List.copyOf(connections).forEach(connection -> connection.close(reason));
      onTransport(this::endIfEmpty);
    }
    return ended.copy();
  }

  private void endIfEmpty() {
    if (!open && connections.isEmpty()) {
      ended.complete(null);
    }
  }

  private void unbind() {
    addresses.forEach(address -> wires.unbind(address, this));
  }

  /** The node crashed. Peers see nothing of it, or each is told if their machines notice. */
  void vanish(boolean noticed) {
    open = false;
    unbind();
    List.copyOf(dials).forEach(Dial::abandon);
    List<SimConnection> gone = List.copyOf(connections);
    connections.clear();
    for (SimConnection connection : gone) {
      SimConnection other = connection.other();
      boolean reachable = connection.canReachOther();
      connection.vanish();
      if (noticed && reachable) {
        wires
            .scheduler()
            .plan(
                Event.of(() -> other.onTransport(other::lose)),
                wires.path(node, other.node()).latencyNs());
      }
    }
  }

  @Override
  public String toString() {
    return "endpoint of " + node.name() + " at " + addresses;
  }
}

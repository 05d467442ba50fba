package io.mosaik.sim;

import io.mosaik.Host;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What one program on a {@link Node} has of it; ends with the node's crash or its own release. */
final class SimHost implements Host {

  private final Node node;
  private final SimPlatform platform;
  private final Wires wires;
  private final List<SimEndpoint> endpoints = new ArrayList<>();

  SimHost(Node node, SimPlatform platform, Wires wires) {
    this.node = node;
    this.platform = platform;
    this.wires = wires;
  }

  @Override
  public Platform platform() {
    return platform;
  }

  @Override
  public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
    var addresses = new ArrayList<Address>();
    addresses.add(node.localAddress(bind));
    for (Address address : advertise) {
      if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }
    var endpoint = new SimEndpoint(node, key, addresses, wires, platform.newStrand("transport"));
    endpoints.add(endpoint);
    return endpoint;
  }

  @Override
  public void release() {
    platform.end();
    endpoints.forEach(endpoint -> endpoint.vanish(false));
    node.forget(this);
  }

  List<SimEndpoint> endpoints() {
    return endpoints;
  }

  void letWaitingRun() {
    platform.letWaitingRun();
  }

  Stream<CompletableFuture<Void>> leave() {
    return endpoints.stream().map(endpoint -> endpoint.close(CloseReason.GRACEFUL_SHUTDOWN));
  }

  void crash(boolean noticed) {
    platform.end();
    endpoints.forEach(endpoint -> endpoint.vanish(noticed));
  }
}

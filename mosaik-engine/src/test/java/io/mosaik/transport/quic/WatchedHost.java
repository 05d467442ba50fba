package io.mosaik.transport.quic;

import io.mosaik.Host;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.ConnectionHandler;
import io.mosaik.transport.Endpoint;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** This machine, with a view of a node's endpoint and a record of what the node dials. */
final class WatchedHost implements Host {

  private final RealPlatform platform = new RealPlatform();
  private final List<String> dialled = new CopyOnWriteArrayList<>();
  private @Nullable QuicEndpoint endpoint;

  @Override
  public Platform platform() {
    return platform;
  }

  @Override
  public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
    endpoint = QuicEndpoint.open(key, bind, advertise, QuicOptions.DEFAULTS);
    return new Recorder(endpoint);
  }

  @Override
  public void release() {
    platform.close();
  }

  private QuicEndpoint endpoint() {
    if (endpoint == null) {
      throw new AssertionError("the node has not opened its endpoint");
    }
    return endpoint;
  }

  /** The protocols that the node listens to, ordered by name. */
  List<String> protocols() {
    return endpoint().protocols().stream().sorted().toList();
  }

  /** Where the node listens. */
  InetSocketAddress port() {
    Address address = endpoint().addresses().getFirst();
    return new InetSocketAddress(address.host(), address.port());
  }

  /** How often the node has dialled with a protocol. */
  long dials(String alpn) {
    return dialled.stream().filter(alpn::equals).count();
  }

  private final class Recorder implements Endpoint {

    private final Endpoint over;

    Recorder(Endpoint over) {
      this.over = over;
    }

    @Override
    public PeerId peerId() {
      return over.peerId();
    }

    @Override
    public List<Address> addresses() {
      return over.addresses();
    }

    @Override
    public void listen(String alpn, int maxFrameBytes, Acceptor acceptor) {
      over.listen(alpn, maxFrameBytes, acceptor);
    }

    @Override
    public void dial(
        Address address,
        @Nullable PeerId expected,
        String alpn,
        int maxFrameBytes,
        ConnectionHandler handler) {
      dialled.add(alpn);
      over.dial(address, expected, alpn, maxFrameBytes, handler);
    }

    @Override
    public CompletableFuture<Void> close(CloseReason reason) {
      return over.close(reason);
    }
  }
}

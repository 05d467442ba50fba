package io.mosaik.transport;

import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Links over any {@link Endpoint}. */
final class EndpointLinks implements Links {

  private final Endpoint endpoint;
  private final GreetedConnection.Context context;

  EndpointLinks(
      Endpoint endpoint,
      Platform platform,
      NetworkId network,
      byte @Nullable [] networkSecret,
      LinkOptions options) {
    this.endpoint = endpoint;
    this.context =
        new GreetedConnection.Context(
            new Greeting(network, networkSecret), options, platform.newStrand("links"));
  }

  @Override
  public PeerId peerId() {
    return endpoint.peerId();
  }

  @Override
  public List<Address> addresses() {
    return endpoint.addresses();
  }

  @Override
  public <M> Link<M> dial(
      PeerAddress to, Protocol<M> protocol, Strand strand, LinkHandler<M> handler) {
    EndpointLink<M> link =
        EndpointLink.dialled(protocol, to.peerId(), context.options(), strand, handler);
    context.timers().execute(new LinkDial<>(endpoint, context, to, protocol, link)::start);
    return link;
  }

  @Override
  public <M> void listen(Protocol<M> protocol, Strand strand, LinkAcceptor<M> acceptor) {
    endpoint.listen(
        protocol.alpn(),
        protocol.maxFrameBytes(),
        () -> GreetedConnection.accepting(context, protocol, strand, acceptor));
  }
}

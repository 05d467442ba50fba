package io.mosaik;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.bootstrap.BootstrapSource;
import io.mosaik.discovery.worker.DiscoveryNode;
import io.mosaik.groups.Groups;
import io.mosaik.groups.GroupsModule;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.Tag;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.Platform;
import io.mosaik.streams.Streams;
import io.mosaik.streams.StreamsModule;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node: its parts, put together in {@link #start} and taken apart in {@link #closeAsync}. */
final class NetworkNode implements Network {

  private static final Logger LOG = LoggerFactory.getLogger(NetworkNode.class);
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);

  private final NetworkId id;
  private final Host host;
  private final Platform platform;
  private final Endpoint endpoint;
  private final DiscoveryNode discovery;
  private final StreamsModule streams;
  private final GroupsModule groups;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private NetworkNode(
      NetworkBuilder.Settings settings, Host host, SecretKey key, Endpoint endpoint) {
    this.id = settings.id();
    this.host = host;
    this.platform = host.platform();
    this.endpoint = endpoint;
    Links links = Links.over(endpoint, platform, id, secretBytes(settings), LinkOptions.DEFAULTS);
    this.discovery = DiscoveryNode.start(platform, links, discoverySettings(settings, key));
    this.streams = StreamsModule.start(platform, links, discovery.discovery());
    this.groups = GroupsModule.start(platform, links, discovery.discovery());
  }

  static NetworkNode start(NetworkBuilder.Settings settings) {
    Host host = settings.host() == null ? new RealHost() : settings.host();
    try {
      SecretKey key =
          settings.secretKey() == null
              ? SecretKey.ofBytes(host.platform().randomBytes(SecretKey.LENGTH))
              : settings.secretKey();
      Endpoint endpoint = host.open(key, settings.bind(), settings.advertise());
      return start(settings, host, key, endpoint);
    } catch (RuntimeException e) {
      host.release();
      throw e;
    }
  }

  private static NetworkNode start(
      NetworkBuilder.Settings settings, Host host, SecretKey key, Endpoint endpoint) {
    try {
      var node = new NetworkNode(settings, host, key, endpoint);
      LOG.info("Node {} of network {}", node.address(), settings.id().toShortString());
      return node;
    } catch (RuntimeException e) {
      var unused = endpoint.close(CloseReason.CANCELLED);
      throw e;
    }
  }

  private static byte @Nullable [] secretBytes(NetworkBuilder.Settings settings) {
    String secret = settings.networkSecret();
    return secret == null ? null : secret.getBytes(StandardCharsets.UTF_8);
  }

  private static DiscoveryNode.Settings discoverySettings(
      NetworkBuilder.Settings settings, SecretKey key) {
    var sources = new ArrayList<BootstrapSource>();
    if (!settings.bootstrap().isEmpty()) {
      sources.add(BootstrapSource.of(settings.bootstrap()));
    }
    sources.addAll(settings.sources());
    return new DiscoveryNode.Settings(
        settings.id(),
        key,
        settings.tags().stream().map(Tag::of).toList(),
        sources,
        settings.discovery());
  }

  @Override
  public NetworkId id() {
    return id;
  }

  @Override
  public PeerId peerId() {
    return endpoint.peerId();
  }

  @Override
  public PeerAddress address() {
    return new PeerAddress(endpoint.peerId(), endpoint.addresses());
  }

  @Override
  public Discovery discovery() {
    return discovery.discovery();
  }

  @Override
  public Streams streams() {
    return streams;
  }

  @Override
  public Groups groups() {
    return groups.groups();
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    if (closing.compareAndSet(false, true)) {
      var unused =
          step("groups", groups::close)
              .thenCompose(done -> step("streams", streams::closeAsync))
              .thenCompose(done -> step("discovery", discovery::leave))
              .thenCompose(
                  done -> step("endpoint", () -> endpoint.close(CloseReason.GRACEFUL_SHUTDOWN)))
              .whenComplete((done, error) -> release());
    }
    return closed.copy();
  }

  /** A part that fails to end in order doesn't keep the others from it. */
  private static CompletableFuture<Void> step(
      String part, Supplier<? extends CompletionStage<?>> end) {
    CompletionStage<?> ended;
    try {
      ended = end.get();
    } catch (RuntimeException e) {
      ended = CompletableFuture.failedStage(e);
    }
    return ended
        .<Void>handle((done, error) -> {
          if (error != null) {
            LOG.warn("The node's {} did not end in order", part, error);
          }
          return null;
        })
        .toCompletableFuture();
  }

  private void release() {
    host.release();
    closed.complete(null);
  }

  @Override
  public void close() {
    CompletableFuture<Void> ended = closeAsync();
    try {
      platform.await(ended, CLOSE_DEADLINE);
    } catch (DeadlineExceededException e) {
      LOG.warn("The node did not end within {}; what is left of it is dropped", CLOSE_DEADLINE);
      var unused = endpoint.close(CloseReason.GRACEFUL_SHUTDOWN);
      host.release();
    }
  }

  @Override
  public String toString() {
    return "node " + address() + " of network " + id.toShortString();
  }
}

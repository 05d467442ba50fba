package io.mosaik;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.bootstrap.BootstrapSource;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of a node. Not thread-safe. */
public final class NetworkBuilder {

  private final NetworkId id;
  private final List<String> tags = new ArrayList<>();
  private final List<PeerAddress> bootstrap = new ArrayList<>();
  private final List<BootstrapSource> sources = new ArrayList<>();
  private final List<Address> advertise = new ArrayList<>();
  private Address bind = new Address("0.0.0.0", 0);
  private @Nullable SecretKey secretKey;
  private @Nullable String networkSecret;
  private @Nullable Host host;
  private DiscoveryConfig discovery = DiscoveryConfig.DEFAULTS;

  NetworkBuilder(NetworkId id) {
    this.id = Objects.requireNonNull(id);
  }

  /** The node's identity; a fresh one each time if not set. */
  public NetworkBuilder secretKey(SecretKey key) {
    secretKey = key;
    return this;
  }

  /** The local UDP address; every interface and any free port if not set. */
  public NetworkBuilder bind(Address address) {
    bind = address;
    return this;
  }

  /** Further addresses under which others can reach this node. */
  public NetworkBuilder advertise(Address... addresses) {
    advertise.addAll(List.of(addresses));
    return this;
  }

  /** Roles to announce. */
  public NetworkBuilder tags(String... names) {
    tags.addAll(List.of(names));
    return this;
  }

  /** Nodes to meet first; one that lives is enough. */
  public NetworkBuilder bootstrap(PeerAddress... addresses) {
    bootstrap.addAll(List.of(addresses));
    return this;
  }

  /** Where further nodes to meet first are looked up; stacks with the fixed addresses. */
  public NetworkBuilder bootstrap(BootstrapSource source) {
    sources.add(Objects.requireNonNull(source));
    return this;
  }

  /** Times and limits of discovery; {@link DiscoveryConfig#DEFAULTS} if not set. */
  public NetworkBuilder discovery(DiscoveryConfig config) {
    discovery = Objects.requireNonNull(config);
    return this;
  }

  /** A secret that every node of the network must know; none by default. */
  public NetworkBuilder networkSecret(String secret) {
    networkSecret = secret;
    return this;
  }

  /** Where the node runs: this machine if not set. */
  public NetworkBuilder host(Host where) {
    host = where;
    return this;
  }

  /**
   * Starts the node: opens its endpoint and begins to look for others. Blocks until the endpoint is
   * bound; who else is there shows later in {@link Network#discovery}.
   *
   * @throws io.mosaik.transport.AddressUnavailableException if the address can't be bound; the
   *     message says what to do
   * @throws io.mosaik.transport.TransportUnavailableException if this machine lacks what the node
   *     needs; the message says what to do
   */
  public Network start() {
    return NetworkNode.start(settings());
  }

  /** What was said so far. */
  Settings settings() {
    return new Settings(
        id,
        secretKey,
        bind,
        List.copyOf(advertise),
        List.copyOf(tags),
        List.copyOf(bootstrap),
        List.copyOf(sources),
        discovery,
        networkSecret,
        host);
  }

  /** What was said to the builder. */
  record Settings(
      NetworkId id,
      @Nullable SecretKey secretKey,
      Address bind,
      List<Address> advertise,
      List<String> tags,
      List<PeerAddress> bootstrap,
      List<BootstrapSource> sources,
      DiscoveryConfig discovery,
      @Nullable String networkSecret,
      @Nullable Host host) {}
}

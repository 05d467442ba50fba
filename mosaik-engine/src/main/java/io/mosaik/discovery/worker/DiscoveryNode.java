package io.mosaik.discovery.worker;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.bootstrap.BootstrapSource;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.Tag;
import io.mosaik.runtime.Platform;
import io.mosaik.transport.Links;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The discovery of one node, from its start to its departure. For the network facade alone. */
public final class DiscoveryNode {

  private final DiscoveryWorker worker;
  private final DiscoveryHandle handle;

  private DiscoveryNode(DiscoveryWorker worker) {
    this.worker = worker;
    this.handle = new DiscoveryHandle(worker);
  }

  /**
   * Who the node is and where it looks first.
   *
   * @param network it belongs to
   * @param key of the endpoint that the links go over
   * @param tags announced from the start
   * @param bootstrap where nodes may be met
   * @param config times and limits
   */
  public record Settings(
      NetworkId network,
      SecretKey key,
      List<Tag> tags,
      List<BootstrapSource> bootstrap,
      DiscoveryConfig config) {

    /** Copies the lists. */
    public Settings {
      tags = List.copyOf(tags);
      bootstrap = List.copyOf(bootstrap);
    }
  }

  /** Listens to the protocols of discovery and starts to look for others. Doesn't block. */
  public static DiscoveryNode start(Platform platform, Links links, Settings settings) {
    var worker = new DiscoveryWorker(platform, links, settings);
    worker.start();
    return new DiscoveryNode(worker);
  }

  /** What others use. */
  public Discovery discovery() {
    return handle;
  }

  /**
   * Tells everyone that this node leaves, lingers, and closes the announce links. Idempotent.
   *
   * @return completes when that is done
   */
  public CompletableFuture<Void> leave() {
    return worker.leave();
  }
}

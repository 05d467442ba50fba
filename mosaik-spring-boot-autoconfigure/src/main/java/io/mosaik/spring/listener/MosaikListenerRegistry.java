package io.mosaik.spring.listener;

import io.mosaik.Network;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;

/**
 * All listeners of the application. They start before the web server takes requests, and stop after
 * it has answered the last one; the network is closed later, with its bean. Thread-safe.
 */
public final class MosaikListenerRegistry implements SmartLifecycle {

  /** Before the web server when starting, after it when stopping. */
  public static final int PHASE = Integer.MAX_VALUE - 4096;

  private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);

  private final Supplier<Network> network;
  private final Supplier<MosaikListenerErrorHandler> errorHandler;
  private final Supplier<List<MosaikListenerInterceptor>> interceptors;
  private final Duration stopDeadline;
  private final Map<String, MosaikListenerContainer> containers = new LinkedHashMap<>();
  private volatile boolean running;

  /**
   * An empty registry; the suppliers are asked when the first listener comes.
   *
   * @param network that the listeners consume in
   * @param errorHandler of all listeners
   * @param interceptors around each call, the innermost first
   */
  public MosaikListenerRegistry(
      Supplier<Network> network,
      Supplier<MosaikListenerErrorHandler> errorHandler,
      Supplier<List<MosaikListenerInterceptor>> interceptors) {
    this(network, errorHandler, interceptors, STOP_DEADLINE);
  }

  MosaikListenerRegistry(
      Supplier<Network> network,
      Supplier<MosaikListenerErrorHandler> errorHandler,
      Supplier<List<MosaikListenerInterceptor>> interceptors,
      Duration stopDeadline) {
    this.network = network;
    this.errorHandler = errorHandler;
    this.interceptors = interceptors;
    this.stopDeadline = stopDeadline;
  }

  /**
   * Adds a listener; it starts with the application, or at once if that has started.
   *
   * @throws IllegalStateException if the id is taken
   */
  public void register(MosaikListenerEndpoint endpoint) {
    var container =
        new MosaikListenerContainer(
            endpoint, network.get(), errorHandler.get(), interceptors.get());
    synchronized (containers) {
      MosaikListenerContainer other = containers.putIfAbsent(endpoint.id(), container);
      if (other != null) {
        throw new IllegalStateException(
            "two listeners have the id '" + endpoint.id() + "'; give one of them another by id=");
      }
    }
    if (running && endpoint.autoStartup()) {
      container.start();
    }
  }

  /** The containers of all listeners, in the order of their registration. */
  public Collection<MosaikListenerContainer> containers() {
    synchronized (containers) {
      return List.copyOf(containers.values());
    }
  }

  /**
   * Starts one listener, for those that don't start by themselves. Idempotent.
   *
   * @throws IllegalArgumentException if there is none of that id
   */
  public void start(String id) {
    container(id).start();
  }

  /**
   * Stops one listener and waits until it is idle, 10 seconds at most. Idempotent.
   *
   * @throws IllegalArgumentException if there is none of that id
   */
  public void stop(String id) {
    container(id).stop(stopDeadline);
  }

  private MosaikListenerContainer container(String id) {
    synchronized (containers) {
      MosaikListenerContainer container = containers.get(id);
      if (container == null) {
        throw new IllegalArgumentException(
            "there is no listener '" + id + "'; there are " + containers.keySet());
      }
      return container;
    }
  }

  @Override
  public void start() {
    running = true;
    for (MosaikListenerContainer container : containers()) {
      if (container.endpoint().autoStartup()) {
        container.start();
      }
    }
  }

  /** Stops all listeners and waits until they are idle, 10 seconds at most for all together. */
  @Override
  public void stop() {
    running = false;
    Collection<MosaikListenerContainer> all = containers();
    all.forEach(MosaikListenerContainer::endSubscriptions);
    long startNs = System.nanoTime();
    for (MosaikListenerContainer container : all) {
      Duration left = stopDeadline.minusNanos(System.nanoTime() - startNs);
      container.stop(left.isNegative() ? Duration.ZERO : left);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}

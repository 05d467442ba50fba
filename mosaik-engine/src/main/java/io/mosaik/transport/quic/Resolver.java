package io.mosaik.transport.quic;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Looks names up by the machine's own resolver, which blocks, on a few threads of its own. */
final class Resolver {

  private static final int THREADS = 4;
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_ADDRESSES = 4;

  private final ExecutorService lookups;

  Resolver() {
    var pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("mosaik-resolver-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    lookups = pool;
  }

  /**
   * Finds the addresses of a host.
   *
   * @param result told on the executor: up to 4 addresses, none if the host is unknown or too many
   *     lookups wait
   */
  void resolve(String host, Executor executor, Consumer<List<InetAddress>> result) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      executor.execute(() -> result.accept(List.of(literal)));
      return;
    }
    try {
      lookups.execute(() -> {
        List<InetAddress> found = lookUp(host);
        if (!lookups.isShutdown()) {
          executor.execute(() -> result.accept(found));
        }
      });
    } catch (RejectedExecutionException e) {
      executor.execute(() -> result.accept(List.of()));
    }
  }

  private static List<InetAddress> lookUp(String host) {
    try {
      var found = new ArrayList<>(List.of(InetAddress.getAllByName(host)));
      return List.copyOf(found.subList(0, Math.min(found.size(), MOST_ADDRESSES)));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  void close() {
    lookups.shutdownNow();
  }
}

package io.mosaik.benchmarks;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;

/**
 * What this process holds after a collection.
 *
 * @param heapBytes live on the heap
 * @param directBytes that Netty's pool has taken off the heap, in use or not
 */
record Held(long heapBytes, long directBytes) {

  static Held now() {
    System.gc();
    return new Held(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
  }

  @Override
  public String toString() {
    return "%.1f+%.0f MB".formatted(heapBytes / 1e6, directBytes / 1e6);
  }
}

package io.mosaik.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What this process has used so far, or in a span of time.
 *
 * @param cpu time on all cores, of all threads
 * @param allocatedBytes on the heap, by all threads
 */
record Cost(Duration cpu, long allocatedBytes) {

  static Cost soFar() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return new Cost(
        Duration.ofNanos(system.getProcessCpuTime()), threads.getTotalThreadAllocatedBytes());
  }

  Cost since(Cost before) {
    return new Cost(cpu.minus(before.cpu), allocatedBytes - before.allocatedBytes);
  }
}

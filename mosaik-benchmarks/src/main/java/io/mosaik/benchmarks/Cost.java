package io.mosaik.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What this process has used so far, or in a span of time.
 *
 * @param cpu time on all cores, of all threads
 * @param allocatedBytes on the heap, by all threads
 * @param threads the time on all cores by the threads' names without numbers, {@link #OTHERS} for
 *     those of the virtual machine and those that have ended
 */
record Cost(Duration cpu, long allocatedBytes, SortedMap<String, Duration> threads) {

  /** Compilers, collectors and threads that have ended. */
  static final String OTHERS = "others";

  private static final Pattern NUMBERS = Pattern.compile("[-#]?\\d+");

  static Cost soFar() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var byName = new TreeMap<String, Duration>();
    Duration others = Duration.ofNanos(system.getProcessCpuTime());
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      long nanos = thread == null ? -1 : threads.getThreadCpuTime(thread.getThreadId());
      if (thread != null && nanos > 0) {
        var used = Duration.ofNanos(nanos);
        String name = NUMBERS.matcher(thread.getThreadName()).replaceAll("");
        byName.merge(name, used, Duration::plus);
        others = others.minus(used);
      }
    }
    byName.put(OTHERS, others);
    return new Cost(
        Duration.ofNanos(system.getProcessCpuTime()),
        threads.getTotalThreadAllocatedBytes(),
        byName);
  }

  Cost since(Cost before) {
    var byName = new TreeMap<String, Duration>();
    threads.forEach((name, time) ->
        byName.put(name, time.minus(before.threads.getOrDefault(name, Duration.ZERO))));
    return new Cost(cpu.minus(before.cpu), allocatedBytes - before.allocatedBytes, byName);
  }
}

package io.mosaik.spring.boot;

import io.mosaik.groups.BondInfo;
import io.mosaik.groups.Group;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A sum over all bonds that a group has had, which never falls: of a bond that is gone it keeps
 * what was last read. Thread-safe.
 */
final class BondTotals {

  private final Group<?, ?, ?, ?> group;
  private final ToLongFunction<BondInfo> measure;

  /** By the bonds' ids. */
  private Map<Object, Long> last = Map.of();

  private long gone;

  BondTotals(Group<?, ?, ?, ?> group, ToLongFunction<BondInfo> measure) {
    this.group = group;
    this.measure = measure;
  }

  synchronized long read() {
    List<BondInfo> bonds = group.bonds();
    var now = new LinkedHashMap<Object, Long>();
    bonds.forEach(bond -> now.put(bond.id(), measure.applyAsLong(bond)));
    last.forEach((id, value) -> gone += now.containsKey(id) ? 0 : value);
    last = now;
    return gone + now.values().stream().mapToLong(Long::longValue).sum();
  }
}

package io.mosaik.groups;

import io.mosaik.id.GroupId;
import io.mosaik.runtime.Strand;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then, as long as the machine has work, whether it is stuck with something, and says
 * so once. On the group's strand.
 */
final class MachineWatch {

  private static final Logger log = LoggerFactory.getLogger(MachineWatch.class);
  private static final Duration INTERVAL = MachineStatus.OVERDUE_AFTER.dividedBy(2);

  private final GroupId id;
  private final Strand strand;
  private final Supplier<MachineStatus> machine;
  private boolean looks;
  private boolean said;

  MachineWatch(GroupId id, Strand strand, Supplier<MachineStatus> machine) {
    this.id = id;
    this.strand = strand;
    this.machine = machine;
  }

  /** The machine has been given work. */
  void begin() {
    if (!looks) {
      looks = true;
      var unused = strand.schedule(INTERVAL, this::look);
    }
  }

  private void look() {
    looks = false;
    MachineStatus status = machine.get();
    if (status.isOverdue() && !said) {
      said = true;
      log.warn(
          "Group {}: the machine has been busy with position {} for {} s, {} entries wait. The"
              + " member goes on to vote; until the machine goes on, it falls behind in what it has"
              + " applied, or its log grows",
          id.toShortString(),
          status.busyWith(),
          status.busyFor().toSeconds(),
          status.waiting());
    } else if (!status.isOverdue() && said) {
      said = false;
      log.info("Group {}: the machine goes on, at {}", id.toShortString(), status.busyWith());
    }
    if (!status.busyFor().isZero() || status.waiting() > 0) {
      begin();
    }
  }
}

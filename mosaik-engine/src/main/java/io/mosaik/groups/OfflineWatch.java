package io.mosaik.groups;

import io.mosaik.id.GroupId;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once, with the reason, that a member has not been online for long. On the group's strand.
 */
final class OfflineWatch {

  private static final Logger log = LoggerFactory.getLogger(OfflineWatch.class);
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final GroupId id;
  private final Strand strand;
  private final Supplier<@Nullable String> reason;
  private @Nullable Timer timer;
  private boolean said;

  /**
   * Of one membership.
   *
   * @param reason why it is not online; null if it is
   */
  OfflineWatch(GroupId id, Strand strand, Supplier<@Nullable String> reason) {
    this.id = id;
    this.strand = strand;
    this.reason = reason;
  }

  /** Whether the member is online may have changed. */
  void look(boolean online) {
    if (online && timer != null) {
      timer.cancel();
      timer = null;
    } else if (!online && timer == null && !said) {
      timer = strand.schedule(PATIENCE, this::say);
    }
    if (online && said) {
      said = false;
      log.info("Group {}: this member is online again", id.toShortString());
    }
  }

  private void say() {
    timer = null;
    String why = reason.get();
    if (why != null) {
      said = true;
      log.warn(
          "Group {}: this member has not been online for {} s: {}",
          id.toShortString(),
          PATIENCE.toSeconds(),
          why);
    }
  }
}

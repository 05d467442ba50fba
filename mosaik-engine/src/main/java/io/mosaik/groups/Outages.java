package io.mosaik.groups;

import io.mosaik.groups.log.Member;
import io.mosaik.groups.raft.Outage;
import io.mosaik.groups.raft.Outage.Remedy;
import io.mosaik.id.GroupId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Says in plain words why a group stands still, and what to do about it. */
final class Outages {

  private Outages() {}

  static void log(Logger log, GroupId id, Outage outage) {
    log.warn("Group {}: {}", id.toShortString(), describe(outage));
  }

  static @Nullable GroupOutage of(@Nullable Outage outage) {
    return outage == null
        ? null
        : new GroupOutage(
            outage.gone().stream().map(Member::peer).toList(),
            outage.missing().stream().map(Member::peer).toList(),
            outage.remedy() == Remedy.OPERATOR,
            describe(outage));
  }

  static String describe(Outage outage) {
    var text = new StringBuilder("it stands still, for there has been no leader for long");
    if (!outage.gone().isEmpty()) {
      text.append(". Gone for good, with their logs: ").append(outage.gone());
    }
    if (!outage.missing().isEmpty()) {
      text.append(". Not there: ").append(outage.missing());
    }
    text.append(". Committed here up to ").append(outage.committed()).append(". ");
    text.append(
        switch (outage.remedy()) {
          case RETURN ->
              "It goes on when enough of the missing are back, and as many members as bootstrapExpect"
                  + " are there. If their logs are lost for good, call recover on the members that"
                  + " remain.";
          case AGREEMENT -> "It goes on by itself, with what is left, when all have met.";
          case OPERATOR ->
              "Restore the logs that were lost, or, if that can't be done, call recover on the"
                  + " members that remain: it goes on with what is left.";
        });
    return text.toString();
  }
}

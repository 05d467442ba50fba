package io.mosaik.groups;

import io.mosaik.groups.Group.Role;
import io.mosaik.id.PeerId;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in a sentence why a member is not online, from what it sees of its group. */
final class WhyOffline {

  private WhyOffline() {}

  /**
   * The reason; null if the member is online.
   *
   * @param self the member's own peer
   * @param bootstrapExpect how many members must meet before the group forms
   */
  static @Nullable String of(View view, PeerId self, int bootstrapExpect) {
    GroupStatus status = view.status();
    if (view.over() != null) {
      return view.over();
    }
    if (status.online()) {
      return null;
    }
    var present = new TreeSet<>(view.bonded());
    present.add(self);
    List<PeerId> voters = status.committee();
    if (voters.isEmpty()) {
      return present.size() < bootstrapExpect
          ? "%d of %d members for bootstrapExpect: %s"
              .formatted(present.size(), bootstrapExpect, names(present))
          : "the group has not formed yet, with %s present".formatted(names(present));
    }
    List<PeerId> missing = voters.stream().filter(voter -> !present.contains(voter)).toList();
    int reachable = voters.size() - missing.size();
    String seen =
        "%d of %d voters reachable".formatted(reachable, voters.size())
            + (missing.isEmpty() ? "" : ", missing " + names(missing));
    if (status.leader() == null) {
      return reachable > voters.size() / 2 ? "no leader is elected; " + seen : seen;
    }
    return status.role() == Role.LEADER
        ? "it leads, and has committed nothing of its term yet; " + seen
        : "it is behind its leader, " + status.leader().toShortString() + "; " + seen;
  }

  private static String names(Iterable<PeerId> peers) {
    var names = new TreeSet<PeerId>();
    peers.forEach(names::add);
    return names.stream().map(PeerId::toShortString).collect(Collectors.joining(", "));
  }
}

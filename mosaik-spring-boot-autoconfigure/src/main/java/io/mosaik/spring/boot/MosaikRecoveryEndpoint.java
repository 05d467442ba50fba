package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupOutage;
import io.mosaik.groups.GroupStatus;
import io.mosaik.id.PeerId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Lets an operator say that logs are lost for good, so that a group goes on without them ({@link
 * Group#recover}): {@code /actuator/mosaikrecovery}. It gives up what only those logs had, so there
 * is no access to it unless {@code management.endpoint.mosaikrecovery.access} gives it, and the
 * word must name what this member sees at that moment: whose logs, and up to where the rest is
 * committed. A word of yesterday recovers nothing.
 */
@WebEndpoint(id = "mosaikrecovery", defaultAccess = Access.NONE)
public final class MosaikRecoveryEndpoint {

  private static final Logger logger = LoggerFactory.getLogger(MosaikRecoveryEndpoint.class);
  private static final int ACCEPTED = 202;
  private static final int CONFLICT = 409;

  private final Network network;
  private final GroupNames names;

  MosaikRecoveryEndpoint(Network network, GroupNames names) {
    this.network = network;
    this.names = names;
  }

  /** What there is to recover: each group of this node, with its outage if it has one. */
  @ReadOperation
  public Report report() {
    return new Report(network.groups().joined().stream().map(this::standing).toList());
  }

  /**
   * Says that the logs of the peers are lost for good. Returns at once; what comes of it shows
   * {@link #report}.
   *
   * @param group name, or id
   * @param lost the ids of all whose logs are lost: of all that the outage tells as gone or missing
   * @param committed the position up to which this member knows the log to be committed
   * @return 202 if the word was given; 404 if this node is in no such group; 409 if the group has
   *     no outage, or not the one that the word is about; 400 for what is no peer's id
   */
  @WriteOperation
  public WebEndpointResponse<Answer> recover(
      @Selector String group, Set<String> lost, long committed) {
    Group<?, ?, ?, ?> found = find(group);
    if (found == null) {
      return answer(
          WebEndpointResponse.STATUS_NOT_FOUND,
          "this node is in no group '" + group + "'; it is in " + joined(),
          null);
    }
    Set<PeerId> peers = new TreeSet<>();
    try {
      lost.forEach(peer -> peers.add(PeerId.parse(peer.strip())));
    } catch (IllegalArgumentException e) {
      return answer(
          WebEndpointResponse.STATUS_BAD_REQUEST, "lost: " + e.getMessage(), standing(found));
    }
    String objection = objection(found.status().get(), peers, committed);
    if (objection != null) {
      return answer(CONFLICT, objection, standing(found));
    }
    logger.warn(
        "Group {}: an operator says that the logs of {} are lost for good; committed here up to {}",
        names.of(found),
        peers,
        committed);
    found.recover(peers);
    return answer(
        ACCEPTED,
        "the word is given, and passed on to the other members: the group goes on when all that"
            + " remain have agreed",
        standing(found));
  }

  /** Why the word is not about what the member sees; null if it is. */
  static @Nullable String objection(GroupStatus status, Set<PeerId> lost, long committed) {
    GroupOutage outage = status.outage();
    if (outage == null) {
      return "the group has no outage that this member knows of: there is nothing to recover";
    }
    Set<PeerId> notThere = notThere(outage);
    if (notThere.isEmpty()) {
      return "all voters are there, with their logs: nobody is to be given up";
    }
    if (!lost.equals(notThere)) {
      return "the voters that are not there are "
          + notThere
          + ", not "
          + lost
          + ": name all of them if their logs are lost for good, and wait for those that come back";
    }
    if (committed != status.committed()) {
      return "the log is committed up to %d here, not %d: look again at what has happened"
          .formatted(status.committed(), committed);
    }
    return null;
  }

  private static Set<PeerId> notThere(GroupOutage outage) {
    var peers = new TreeSet<>(outage.gone());
    peers.addAll(outage.missing());
    return peers;
  }

  private @Nullable Group<?, ?, ?, ?> find(String group) {
    for (Group<?, ?, ?, ?> joined : network.groups().joined()) {
      if (names.of(joined).equals(group) || joined.id().toString().equals(group)) {
        return joined;
      }
    }
    return null;
  }

  private List<String> joined() {
    return network.groups().joined().stream().map(names::of).toList();
  }

  private Standing standing(Group<?, ?, ?, ?> group) {
    GroupStatus status = group.status().get();
    GroupOutage outage = status.outage();
    return new Standing(
        names.of(group),
        group.id().toString(),
        status.online(),
        status.committed(),
        outage == null ? null : report(outage));
  }

  private static OutageReport report(GroupOutage outage) {
    return new OutageReport(
        outage.gone().stream().map(PeerId::toString).toList(),
        outage.missing().stream().map(PeerId::toString).toList(),
        outage.needsOperator(),
        outage.description());
  }

  private static WebEndpointResponse<Answer> answer(
      int status, String message, @Nullable Standing standing) {
    return new WebEndpointResponse<>(new Answer(message, standing), status);
  }

  /**
   * What there is to recover.
   *
   * @param groups of this node
   */
  public record Report(List<Standing> groups) {}

  /**
   * How this member sees its group.
   *
   * @param name that the application gave it; the short form of the id if none
   * @param id of the group
   * @param online whether this member leads or follows in step
   * @param committed log position
   * @param outage why the group stands still, or null
   */
  public record Standing(
      String name, String id, boolean online, long committed, @Nullable OutageReport outage) {}

  /**
   * Why a group stands still.
   *
   * @param gone the voters whose logs no longer exist, or were said to be lost
   * @param missing the other voters that are not there, and may come back
   * @param needsOperator whether it goes on only when lost logs are restored, or said to be lost
   * @param description all of it in a sentence or two
   */
  public record OutageReport(
      List<String> gone, List<String> missing, boolean needsOperator, String description) {}

  /**
   * What became of a word.
   *
   * @param message in a sentence
   * @param group as this member sees it now; null if there is no such
   */
  public record Answer(String message, @Nullable Standing group) {}
}

package io.mosaik.groups;

import io.mosaik.groups.Group.Role;
import io.mosaik.groups.bond.BondId;
import io.mosaik.groups.bond.BondTraffic;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bond of this member with another, at one moment.
 *
 * @param peer the other member
 * @param id of the bond, the same at its other end
 * @param role the other member's part in the group, as far as this one knows: {@link Role#LEADER},
 *     {@link Role#FOLLOWER} for a voter, {@link Role#LEARNER} for anyone else
 * @param observer whether the other member never votes, by its own choice
 * @param age how long there has been this bond
 * @param silence how long nothing has been heard on it
 * @param rtt the round-trip time of its path, or null while unknown
 * @param messagesSent how many messages were sent on it, signs of life included
 * @param bytesSent how many bytes they had
 * @param messagesReceived how many messages were received on it, signs of life included
 * @param bytesReceived how many bytes they had
 */
public record BondInfo(
    PeerId peer,
    BondId id,
    Role role,
    boolean observer,
    Duration age,
    Duration silence,
    @Nullable Duration rtt,
    long messagesSent,
    long bytesSent,
    long messagesReceived,
    long bytesReceived) {

  static BondInfo of(
      PeerId peer,
      BondId id,
      boolean observer,
      BondTraffic traffic,
      GroupStatus status,
      long nowNs) {
    return new BondInfo(
        peer,
        id,
        Objects.equals(peer, status.leader())
            ? Role.LEADER
            : status.committee().contains(peer) ? Role.FOLLOWER : Role.LEARNER,
        observer,
        Duration.ofNanos(nowNs - traffic.sinceNs()),
        Duration.ofNanos(Math.max(0, nowNs - traffic.heardNs())),
        traffic.rtt(),
        traffic.messagesSent(),
        traffic.bytesSent(),
        traffic.messagesReceived(),
        traffic.bytesReceived());
  }
}

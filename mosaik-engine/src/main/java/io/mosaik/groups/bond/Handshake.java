package io.mosaik.groups.bond;

import io.mosaik.groups.bond.BondMessage.Accept;
import io.mosaik.groups.bond.BondMessage.Start;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.id.GroupId;
import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * One side of the exchange that makes a bond. The dialling side sends {@link Start}, the other
 * answers {@link Accept}; each proves that it knows the group's key, and is believed only then.
 * Pure; used for one connection.
 */
public final class Handshake {

  /** What came of a step. */
  public sealed interface Outcome {

    /**
     * The other side is a member.
     *
     * @param introduction what it says of itself
     */
    record Bonded(Introduction introduction) implements Outcome {}

    /**
     * There is no bond: close the connection.
     *
     * @param reason to close it with
     */
    record Refused(CloseReason reason) implements Outcome {}
  }

  private final Role role;
  private final GroupId group;
  private final byte[] groupSecret;
  private final byte[] exporterSecret;
  private final PeerId remote;

  /**
   * On an authenticated connection.
   *
   * @param role of this side
   * @param groupSecret the group's key
   * @param exporterSecret of this connection, {@link BondProof#EXPORTER_LABEL}
   * @param remote who has proven to be at the other end
   */
  public Handshake(
      Role role, GroupId group, byte[] groupSecret, byte[] exporterSecret, PeerId remote) {
    this.role = role;
    this.group = group;
    this.groupSecret = groupSecret.clone();
    this.exporterSecret = exporterSecret.clone();
    this.remote = remote;
  }

  /** What the dialling side says first. */
  public <P> Start<P> start(Introduction self) {
    return new Start<>(group, proof(), self);
  }

  /** What the side that was dialled answers, once {@link #received} was satisfied. */
  public <P> Accept<P> accept(Introduction self) {
    return new Accept<>(proof(), self);
  }

  private byte[] proof() {
    return BondProof.of(groupSecret, exporterSecret, group, role);
  }

  /** Judges the other side's first message. */
  public Outcome received(BondMessage<?> message) {
    return switch (message) {
      case Start<?> start when role == Role.ACCEPTOR ->
          start.group().equals(group)
              ? judge(start.proof(), start.introduction())
              : new Outcome.Refused(BondCloseReasons.GROUP_NOT_FOUND);
      case Accept<?> accept when role == Role.DIALLER ->
          judge(accept.proof(), accept.introduction());
      default ->
          new Outcome.Refused(
              BondCloseReasons.INVALID_HANDSHAKE.because(
                  "it begins with " + message.getClass().getSimpleName()));
    };
  }

  private Outcome judge(byte[] proof, Introduction introduction) {
    if (!BondProof.verify(proof, groupSecret, exporterSecret, group, role.other())) {
      return new Outcome.Refused(BondCloseReasons.INVALID_PROOF);
    }
    if (!introduction.self().entry().peerId().equals(remote)) {
      return new Outcome.Refused(
          BondCloseReasons.INVALID_HANDSHAKE.because("it introduces somebody else"));
    }
    return new Outcome.Bonded(introduction);
  }

  /**
   * Which of two bonds between the same two members stays: the one whose dialler has the smaller
   * id. But a peer dials only where it has no bond, so an older bond is dead at its end when that
   * same peer dialled it too, or has started anew since.
   *
   * @param self this side's id
   * @param remote the side that dials now
   * @param presentDialled whether this side dialled the bond, or makes the attempt, that is there
   * @param presentSession the other side's run at the end of that bond; null for an attempt
   * @param nextSession the other side's run at the end of the one that it offers now
   * @return whether the offered one replaces the present one
   */
  static boolean replaces(
      PeerId self,
      PeerId remote,
      boolean presentDialled,
      @Nullable Long presentSession,
      long nextSession) {
    if (!presentDialled || (presentSession != null && presentSession != nextSession)) {
      return true;
    }
    return remote.compareTo(self) < 0;
  }
}

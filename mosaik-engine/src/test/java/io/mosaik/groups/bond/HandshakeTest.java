package io.mosaik.groups.bond;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondMessage.Accept;
import io.mosaik.groups.bond.BondMessage.Alive;
import io.mosaik.groups.bond.BondMessage.Start;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.groups.bond.Handshake.Outcome;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HandshakeTest {

  private static final GroupId GROUP = GroupId.of("orders");
  private static final byte[] KEY = bytes(1);
  private static final byte[] WRONG_KEY = bytes(2);
  private static final byte[] CONNECTION = bytes(3);
  private static final PeerId SMALL = PeerId.ofBytes(bytes(4));
  private static final PeerId LARGE = PeerId.ofBytes(bytes(5));

  private static byte[] bytes(int value) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static Introduction introduction(PeerId peer) {
    var entry =
        new PeerEntry(
            PeerEntry.PROTOCOL_VERSION,
            NetworkId.of("test"),
            peer,
            new EntryVersion(1, 1),
            List.of(),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            List.of());
    return new Introduction(
        1, 2, false, new SignedPeerEntry(entry, new byte[1], new byte[64]), List.of());
  }

  private static Handshake side(Role role, byte[] key, byte[] connection) {
    return new Handshake(role, GROUP, key, connection, role == Role.DIALLER ? LARGE : SMALL);
  }

  private static void assertRefused(Outcome outcome, CloseReason expected) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.reason().is(expected)).isTrue());
  }

  @Test
  void two_sides_with_the_same_key_bond() {
    Handshake dialler = side(Role.DIALLER, KEY, CONNECTION);
    Handshake acceptor = side(Role.ACCEPTOR, KEY, CONNECTION);
    Start<Void> start = dialler.start(introduction(SMALL));
    assertThat(acceptor.received(start)).isInstanceOf(Outcome.Bonded.class);
    Accept<Void> accept = acceptor.accept(introduction(LARGE));
    assertThat(dialler.received(accept)).isInstanceOf(Outcome.Bonded.class);
  }

  @Test
  void who_names_the_group_without_its_key_is_refused_by_either_side() {
    Handshake dialler = side(Role.DIALLER, WRONG_KEY, CONNECTION);
    Handshake acceptor = side(Role.ACCEPTOR, KEY, CONNECTION);
    assertRefused(
        acceptor.received(dialler.<Void>start(introduction(SMALL))),
        BondCloseReasons.INVALID_PROOF);
    assertRefused(
        dialler.received(acceptor.<Void>accept(introduction(LARGE))),
        BondCloseReasons.INVALID_PROOF);
  }

  @Test
  void a_proof_from_another_connection_is_refused() {
    Start<Void> recorded = side(Role.DIALLER, KEY, bytes(9)).start(introduction(SMALL));
    assertRefused(
        side(Role.ACCEPTOR, KEY, CONNECTION).received(recorded), BondCloseReasons.INVALID_PROOF);
  }

  @Test
  void a_proof_that_is_sent_back_is_refused() {
    Handshake dialler = side(Role.DIALLER, KEY, CONNECTION);
    Start<Void> start = dialler.start(introduction(SMALL));
    assertRefused(
        dialler.received(new Accept<Void>(start.proof(), introduction(LARGE))),
        BondCloseReasons.INVALID_PROOF);
  }

  @Test
  void another_group_is_not_found() {
    var stranger = new Handshake(Role.DIALLER, GroupId.of("other"), KEY, CONNECTION, LARGE);
    assertRefused(
        side(Role.ACCEPTOR, KEY, CONNECTION).received(stranger.<Void>start(introduction(SMALL))),
        BondCloseReasons.GROUP_NOT_FOUND);
  }

  @Test
  void what_does_not_begin_as_a_handshake_is_refused() {
    assertRefused(
        side(Role.ACCEPTOR, KEY, CONNECTION).received(new Alive<Void>()),
        BondCloseReasons.INVALID_HANDSHAKE);
  }

  @Test
  void who_introduces_somebody_else_is_refused() {
    Start<Void> start = side(Role.DIALLER, KEY, CONNECTION).start(introduction(LARGE));
    assertRefused(
        side(Role.ACCEPTOR, KEY, CONNECTION).received(start), BondCloseReasons.INVALID_HANDSHAKE);
  }

  @Test
  void of_two_bonds_the_one_whose_dialler_has_the_smaller_id_stays() {
    assertThat(Handshake.replaces(SMALL, LARGE, true, null, 7)).isFalse();
    assertThat(Handshake.replaces(LARGE, SMALL, true, null, 7)).isTrue();
    assertThat(Handshake.replaces(SMALL, LARGE, true, 7L, 7)).isFalse();
  }

  @Test
  void a_bond_that_its_dialler_dials_again_or_of_an_older_run_is_dead() {
    assertThat(Handshake.replaces(SMALL, LARGE, false, 7L, 7)).isTrue();
    assertThat(Handshake.replaces(SMALL, LARGE, true, 7L, 8)).isTrue();
  }
}

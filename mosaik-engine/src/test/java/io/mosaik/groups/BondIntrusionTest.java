package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondCloseReasons;
import io.mosaik.groups.bond.BondCodec;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.bond.BondProof;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.groups.bond.Introduction;
import io.mosaik.groups.raft.Message;
import io.mosaik.id.GroupId;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.Node;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node of the same network that doesn't keep to the protocol of bonds. */
class BondIntrusionTest {

  private static final Protocol<BondMessage<Message>> BONDS =
      new Protocol<>(GroupsModule.ALPN, 1, new BondCodec<>(Message.CODEC, SignedPeerEntry.CODEC));

  private final GroupWorld groups = new GroupWorld(1).members("n1", "n2");

  @BeforeEach
  void twoMembersAreBonded() {
    groups.awaitLeader("n1", "n2");
  }

  @AfterEach
  void nothingElseWasHarmed() {
    assertThat(groups.group("n1").bonds())
        .extracting(BondInfo::peer)
        .containsExactly(groups.member("n2").peerId);
    assertThat(groups.group("n1").execute("still works").result()).isEqualTo(1);
    assertThat(groups.world.failures()).isEmpty();
    groups.close();
  }

  /** The intruder: sends something when its link opens, and hears why it is closed. */
  private final class Intruder implements LinkHandler<BondMessage<Message>> {
    private final Links links;
    private final Strand strand;
    private final Directory.Node discovery;
    private BiConsumer<Link<BondMessage<Message>>, Intruder> opening = (link, self) -> {};
    private BiConsumer<Link<BondMessage<Message>>, Intruder> accepted = (link, self) -> {};
    private @Nullable CloseReason reason;
    private int accepts;

    Intruder() {
      Node node = groups.world.node("intruder");
      Host host = node.host();
      var endpoint = host.open(node.key(), new Address("0.0.0.0", 0), List.of());
      links = Links.over(endpoint, host.platform(), GroupWorld.NETWORK, null, LinkOptions.DEFAULTS);
      strand = host.platform().newStrand("intruder");
      discovery = groups.directory.node(node.key(), endpoint.addresses());
    }

    /** Another link of the same node. */
    Intruder(Intruder first) {
      links = first.links;
      strand = first.strand;
      discovery = first.discovery;
    }

    Intruder whenAccepted(BiConsumer<Link<BondMessage<Message>>, Intruder> action) {
      accepted = action;
      return this;
    }

    Intruder dials(BiConsumer<Link<BondMessage<Message>>, Intruder> whenOpen) {
      opening = whenOpen;
      GroupWorld.Member target = groups.member("n1");
      var unused =
          links.dial(
              PeerAddress.of(target.peerId, target.parts().links().addresses().getFirst()),
              BONDS,
              strand,
              this);
      return this;
    }

    Introduction introduction() {
      return new Introduction(1, 2, false, discovery.signedSelf(), List.of());
    }

    byte[] proof(Link<BondMessage<Message>> link, GroupKey key, GroupId group, Role role) {
      byte[] exported = link.export("mosaik.group.bond.proof", new byte[0], 32);
      return BondProof.of(key.toBytes(), exported, group, role);
    }

    @Override
    public void opened(Link<BondMessage<Message>> link) {
      opening.accept(link, this);
    }

    @Override
    public void received(
        Link<BondMessage<Message>> link, BondMessage<Message> message, int wireBytes) {
      if (message instanceof BondMessage.Accept<Message>) {
        accepts++;
        accepted.accept(link, this);
      }
    }

    @Override
    public void closed(Link<BondMessage<Message>> link, CloseReason why) {
      reason = why;
    }

    void assertClosedWith(CloseReason expected, Duration within) {
      groups.world.runUntil("the intruder is closed", () -> reason != null, within);
      assertThat(reason).extracting(CloseReason::code).isEqualTo(expected.code());
    }
  }

  private GroupId group() {
    return groups.group("n1").id();
  }

  @Test
  void who_forges_the_group_id_without_its_key_is_closed_with_30405() {
    var wrong = GroupKey.of("a key that was guessed");
    new Intruder()
        .dials((link, self) ->
            link.send(
                new BondMessage.Start<>(
                    group(), self.proof(link, wrong, group(), Role.DIALLER), self.introduction())))
        .assertClosedWith(BondCloseReasons.INVALID_PROOF, Duration.ofSeconds(1));
    assertThat(groups.group("n1").bondRefusals()).containsEntry(BondRefusal.INVALID_PROOF, 1L);
  }

  @Test
  void who_uses_the_proof_of_the_other_side_is_closed_with_30405() {
    new Intruder()
        .dials((link, self) ->
            link.send(
                new BondMessage.Start<>(
                    group(),
                    self.proof(link, GroupWorld.KEY, group(), Role.ACCEPTOR),
                    self.introduction())))
        .assertClosedWith(BondCloseReasons.INVALID_PROOF, Duration.ofSeconds(1));
  }

  @Test
  void who_asks_for_a_group_that_is_not_here_is_closed_with_30404() {
    GroupId other = GroupId.of("another");
    new Intruder()
        .dials((link, self) ->
            link.send(
                new BondMessage.Start<>(
                    other,
                    self.proof(link, GroupWorld.KEY, other, Role.DIALLER),
                    self.introduction())))
        .assertClosedWith(BondCloseReasons.GROUP_NOT_FOUND, Duration.ofSeconds(1));
  }

  @Test
  void who_does_not_begin_with_a_handshake_is_closed_with_30400() {
    new Intruder()
        .dials((link, self) -> link.send(new BondMessage.Departure<>()))
        .assertClosedWith(BondCloseReasons.INVALID_HANDSHAKE, Duration.ofSeconds(1));
  }

  @Test
  void who_introduces_another_peer_is_closed_with_30400() {
    SignedPeerEntry another = groups.member("n2").parts().discovery().signedSelf();
    new Intruder()
        .dials((link, self) ->
            link.send(
                new BondMessage.Start<>(
                    group(),
                    self.proof(link, GroupWorld.KEY, group(), Role.DIALLER),
                    new Introduction(1, 2, false, another, List.of()))))
        .assertClosedWith(BondCloseReasons.INVALID_HANDSHAKE, Duration.ofSeconds(1));
  }

  @Test
  void who_says_nothing_is_closed_with_30408_after_two_seconds() {
    Intruder intruder = new Intruder().dials((link, self) -> {});
    groups.world.run(Duration.ofMillis(1_900));
    assertThat(intruder.reason).isNull();
    intruder.assertClosedWith(BondCloseReasons.TIMEOUT, Duration.ofMillis(200));
  }

  @Test
  void who_sends_garbage_is_closed_with_400() {
    new Intruder()
        .dials((link, self) -> link.send(Frame.of(new byte[] {99, 1, 2, 3})))
        .assertClosedWith(CloseReason.PROTOCOL_VIOLATION, Duration.ofSeconds(1));
  }

  private BondMessage<Message> rightStart(Link<BondMessage<Message>> link, Intruder intruder) {
    return new BondMessage.Start<>(
        group(),
        intruder.proof(link, GroupWorld.KEY, group(), Role.DIALLER),
        intruder.introduction());
  }

  @Test
  void a_member_that_begins_a_second_handshake_on_its_bond_is_closed_with_400() {
    Intruder intruder =
        new Intruder()
            .whenAccepted((link, self) -> link.send(rightStart(link, self)))
            .dials((link, self) -> link.send(rightStart(link, self)));
    intruder.assertClosedWith(CloseReason.PROTOCOL_VIOLATION, Duration.ofSeconds(1));
    assertThat(intruder.accepts).isEqualTo(1);
  }

  @Test
  void who_does_not_wait_for_the_answer_to_its_handshake_is_closed_with_400() {
    new Intruder()
        .dials((link, self) -> {
          link.send(rightStart(link, self));
          link.send(rightStart(link, self));
        })
        .assertClosedWith(CloseReason.PROTOCOL_VIOLATION, Duration.ofSeconds(1));
  }

  @Test
  void a_member_that_bonds_again_loses_its_older_bond_with_30429() {
    Intruder first = new Intruder().dials((link, self) -> link.send(rightStart(link, self)));
    groups.world.runUntil("a bond is made", () -> first.accepts == 1, Duration.ofSeconds(1));
    Intruder second =
        new Intruder(first)
            .whenAccepted((link, self) -> link.send(new BondMessage.Departure<>()))
            .dials((link, self) -> link.send(rightStart(link, self)));
    first.assertClosedWith(BondCloseReasons.ALREADY_BONDED, Duration.ofSeconds(1));
    second.assertClosedWith(CloseReason.SUCCESS, Duration.ofSeconds(1));
  }

  @Test
  void a_member_that_updates_the_entry_of_another_is_closed_with_400() {
    SignedPeerEntry another = groups.member("n2").parts().discovery().signedSelf();
    new Intruder()
        .whenAccepted((link, self) -> link.send(new BondMessage.EntryUpdate<>(another)))
        .dials((link, self) -> link.send(rightStart(link, self)))
        .assertClosedWith(CloseReason.PROTOCOL_VIOLATION, Duration.ofSeconds(1));
  }

  @Test
  void a_member_that_falls_silent_is_closed_with_30408_after_ten_missed_heartbeats() {
    Intruder silent = new Intruder().dials((link, self) -> link.send(rightStart(link, self)));
    groups.world.run(Duration.ofMillis(4_900));
    assertThat(silent.reason).isNull();
    silent.assertClosedWith(BondCloseReasons.TIMEOUT, Duration.ofMillis(200));
  }

  @Test
  void a_node_that_claims_membership_and_can_not_prove_it_is_left_with_30405() {
    var intruder = new Intruder();
    intruder.links.listen(
        BONDS,
        intruder.strand,
        link ->
            new LinkHandler<>() {
              @Override
              public void received(
                  Link<BondMessage<Message>> dialled, BondMessage<Message> message, int wireBytes) {
                dialled.send(
                    new BondMessage.Accept<>(new byte[BondProof.BYTES], intruder.introduction()));
              }

              @Override
              public void closed(Link<BondMessage<Message>> dialled, CloseReason why) {
                intruder.reason = why;
              }
            });
    var unused = intruder.discovery.advertise(group());
    intruder.assertClosedWith(BondCloseReasons.INVALID_PROOF, Duration.ofSeconds(1));
  }
}

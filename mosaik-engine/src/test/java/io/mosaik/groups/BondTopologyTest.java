package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondCodec;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.bond.BondProof;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.groups.bond.Introduction;
import io.mosaik.groups.raft.Message;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.LinkProfile;
import io.mosaik.sim.Node;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How members come to have bonds with all others, and what the bonds tell discovery. */
class BondTopologyTest {

  private static PeerId peer(GroupWorld groups, String name) {
    return groups.world.node(name).key().peerId();
  }

  /** A group in which the first and the last know of the one between them only. */
  private static GroupWorld chain() {
    var groups = new GroupWorld(1);
    groups.directory.strangers(peer(groups, "n1"), peer(groups, "n3"));
    return groups;
  }

  private static void awaitBonds(GroupWorld groups, String name, int count) {
    groups.world.runUntil(
        name + " has " + count + " bonds",
        () -> groups.group(name).bonds().size() == count,
        Duration.ofSeconds(5));
  }

  @Test
  void who_bonds_hears_of_those_that_its_new_bond_has_already() {
    try (var groups = chain()) {
      groups.directory.deaf(peer(groups, "n1"));
      groups.members("n1", "n2");
      awaitBonds(groups, "n2", 1);
      groups.members("n3"); // what n2 introduces itself with is all that it hears of n1
      awaitBonds(groups, "n3", 2);
    }
  }

  @Test
  void who_is_bonded_hears_of_those_that_bond_later() {
    try (var groups = chain()) {
      groups.directory.deaf(peer(groups, "n3"));
      groups.members("n1", "n2");
      awaitBonds(groups, "n2", 1);
      groups.members("n3"); // n1 is told by n2 that this one has come
      awaitBonds(groups, "n1", 2);
    }
  }

  @Test
  void strangers_whom_nobody_introduces_stay_strangers() {
    try (var groups = chain()) {
      groups.directory.deaf(peer(groups, "n1"));
      groups.directory.deaf(peer(groups, "n3"));
      groups.members("n1", "n2", "n3");
      awaitBonds(groups, "n2", 2);
      groups.world.run(Duration.ofSeconds(10));
      assertThat(groups.group("n1").bonds()).hasSize(1);
      assertThat(groups.group("n3").bonds()).hasSize(1);
    }
  }

  @Test
  void what_a_bond_measures_is_told_to_discovery() {
    try (var groups = new GroupWorld(1)) {
      groups.world.links(LinkProfile.ofLatency(Duration.ofMillis(20)));
      groups.members("n1", "n2");
      groups.awaitLeader("n1", "n2");
      groups.world.run(Duration.ofSeconds(3));
      for (String[] pair : new String[][] {{"n1", "n2"}, {"n2", "n1"}}) {
        Duration rtt =
            groups.member(pair[0]).parts().discovery().rtt(groups.member(pair[1]).peerId);
        assertThat(rtt).isBetween(Duration.ofMillis(40), Duration.ofMillis(60));
      }
    }
  }

  private static final Protocol<BondMessage<Message>> BONDS =
      new Protocol<>(GroupsModule.ALPN, 1, new BondCodec<>(Message.CODEC, SignedPeerEntry.CODEC));

  /** A node that says it is a member: it refuses each bond until it is told to keep them. */
  private static final class Moody implements LinkHandler<BondMessage<Message>> {

    private static final Duration BEAT = Duration.ofMillis(200);

    private final GroupWorld groups;
    private final Strand strand;
    private final Directory.Node discovery;

    /** When it was asked for a bond. */
    private final List<Duration> askedAt = new ArrayList<>();

    private boolean keeps;

    Moody(GroupWorld groups) {
      this.groups = groups;
      Node node = groups.world.node("moody");
      Host host = node.host();
      var endpoint = host.open(node.key(), new Address("0.0.0.0", 0), List.of());
      Links links =
          Links.over(endpoint, host.platform(), GroupWorld.NETWORK, null, LinkOptions.DEFAULTS);
      strand = host.platform().newStrand("moody");
      discovery = groups.directory.node(node.key(), endpoint.addresses());
      links.listen(BONDS, strand, link -> this);
      var unused = discovery.advertise(groups.group("n1").id());
    }

    @Override
    public void received(
        Link<BondMessage<Message>> link, BondMessage<Message> message, int wireBytes) {
      if (message instanceof BondMessage.Start<Message> start) {
        askedAt.add(groups.world.now());
        if (keeps) {
          byte[] exported = link.export("mosaik.group.bond.proof", new byte[0], 32);
          byte[] proof =
              BondProof.of(GroupWorld.KEY.toBytes(), exported, start.group(), Role.ACCEPTOR);
          link.send(
              new BondMessage.Accept<>(
                  proof, new Introduction(1, 2, true, discovery.signedSelf(), List.of())));
          beat(link);
        } else {
          link.close(CloseReason.SUCCESS);
        }
      }
    }

    private void beat(Link<BondMessage<Message>> link) {
      if (keeps) {
        link.send(new BondMessage.Alive<>());
        var unused = strand.schedule(BEAT, () -> beat(link));
      } else {
        link.close(CloseReason.SUCCESS);
      }
    }

    @Override
    public void closed(Link<BondMessage<Message>> link, CloseReason why) {}

    private Duration pauseBefore(int attempt) {
      return askedAt.get(attempt).minus(askedAt.get(attempt - 1));
    }
  }

  @Test
  void who_refuses_is_asked_ever_more_rarely_and_soon_again_after_a_bond_that_lasted() {
    try (var groups = new GroupWorld(1).members("n1", "n2")) {
      groups.awaitLeader("n1", "n2");
      groups.directory.strangers(peer(groups, "moody"), peer(groups, "n2"));
      groups.directory.deaf(peer(groups, "n2"));
      var moody = new Moody(groups);
      groups.world.run(Duration.ofSeconds(60));
      List<Duration> asked = moody.askedAt;
      assertThat(asked).hasSizeBetween(12, 25);
      assertThat(moody.pauseBefore(1)).isLessThan(Duration.ofMillis(200));
      for (int i = 8; i < asked.size(); i++) {
        assertThat(moody.pauseBefore(i))
            .isBetween(Duration.ofMillis(3_100), Duration.ofMillis(6_600));
      }

      moody.keeps = true;
      int refused = asked.size();
      groups.world.runUntil(
          "it is asked again", () -> asked.size() > refused, Duration.ofSeconds(7));
      groups.world.run(Duration.ofSeconds(10));
      assertThat(groups.group("n1").bonds()).hasSize(2);
      assertThat(asked).hasSize(refused + 1);
      moody.keeps = false;
      Duration end = groups.world.now();
      groups.world.runUntil(
          "it is asked once more", () -> asked.size() > refused + 1, Duration.ofSeconds(7));
      assertThat(asked.getLast().minus(end)).isLessThan(Duration.ofMillis(500));
    }
  }
}

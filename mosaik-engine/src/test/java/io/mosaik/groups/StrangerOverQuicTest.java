package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.discovery.bootstrap.BootstrapSource;
import io.mosaik.discovery.worker.DiscoveryNode;
import io.mosaik.groups.bond.BondCloseReasons;
import io.mosaik.groups.bond.BondCodec;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.bond.BondProof;
import io.mosaik.groups.bond.BondProof.Role;
import io.mosaik.groups.bond.Introduction;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.raft.Message;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.runtime.Strand;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.transport.Protocol;
import io.mosaik.transport.quic.QuicEndpoint;
import io.mosaik.transport.quic.QuicOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node of the same network that claims to be in a group whose key it doesn't have. */
class StrangerOverQuicTest {

  private static final NetworkId NETWORK = NetworkId.of("stranger-over-quic");
  private static final Protocol<BondMessage<Message>> BONDS =
      new Protocol<>(GroupsModule.ALPN, 1, new BondCodec<>(Message.CODEC, SignedPeerEntry.CODEC));

  private final List<Network> nodes = new ArrayList<>();
  private final List<Group<String, Integer, String, String>> groups = new ArrayList<>();
  private final RealPlatform platform = new RealPlatform();
  private final Strand strand = platform.newStrand("stranger");
  private final SecretKey key = SecretKey.of("stranger");
  private final QuicEndpoint endpoint =
      QuicEndpoint.open(key, new Address("127.0.0.1", 0), List.of(), QuicOptions.DEFAULTS);
  private final Links links = Links.over(endpoint, platform, NETWORK, null, LinkOptions.DEFAULTS);

  private void join() {
    var builder = Network.builder(NETWORK).bind(new Address("127.0.0.1", 0));
    if (!nodes.isEmpty()) {
      builder.bootstrap(nodes.getFirst().address());
    }
    Network node = builder.start();
    nodes.add(node);
    groups.add(
        node.groups()
            .withKey(GroupWorld.KEY)
            .stateMachine(new Journal())
            .consensus(
                ConsensusConfig.builder()
                    .bootstrapDelay(Duration.ofMillis(300))
                    .bootstrapExpect(2)
                    .build())
            .join());
  }

  @AfterEach
  void close() throws Exception {
    nodes.forEach(Network::close);
    endpoint.close(CloseReason.GRACEFUL_SHUTDOWN).get(10, TimeUnit.SECONDS);
    platform.close();
  }

  /** Speaks first if it dialled, answers if it was dialled, and has the wrong key for either. */
  private static final class Forger implements LinkHandler<BondMessage<Message>> {
    private final GroupId group;
    private final DiscoveryNode discovery;
    private final Role role;
    private final CompletableFuture<CloseReason> closed;

    Forger(
        GroupId group, DiscoveryNode discovery, Role role, CompletableFuture<CloseReason> closed) {
      this.group = group;
      this.discovery = discovery;
      this.role = role;
      this.closed = closed;
    }

    private byte[] proof(Link<BondMessage<Message>> link) {
      byte[] exported = link.export("mosaik.group.bond.proof", new byte[0], 32);
      return BondProof.of(GroupKey.of("guessed").toBytes(), exported, group, role);
    }

    private Introduction introduction() {
      return new Introduction(1, 2, false, discovery.discovery().signedSelf(), List.of());
    }

    @Override
    public void opened(Link<BondMessage<Message>> link) {
      if (role == Role.DIALLER) {
        link.send(new BondMessage.Start<>(group, proof(link), introduction()));
      }
    }

    @Override
    public void received(
        Link<BondMessage<Message>> link, BondMessage<Message> message, int wireBytes) {
      if (role == Role.ACCEPTOR) {
        link.send(new BondMessage.Accept<>(proof(link), introduction()));
      }
    }

    @Override
    public void closed(Link<BondMessage<Message>> link, CloseReason reason) {
      closed.complete(reason);
    }
  }

  @Test
  @Timeout(60)
  void a_stranger_that_claims_the_group_is_closed_with_30405_and_harms_nobody() throws Exception {
    join();
    join();
    for (var group : groups) {
      group.when().isOnline().future().get(30, TimeUnit.SECONDS);
    }
    GroupId group = groups.getFirst().id();
    PeerAddress member = nodes.getFirst().address();
    var discovery =
        DiscoveryNode.start(
            platform,
            links,
            new DiscoveryNode.Settings(
                NETWORK,
                key,
                List.of(),
                List.of(BootstrapSource.of(List.of(member))),
                DiscoveryConfig.DEFAULTS));
    var asDialler = new CompletableFuture<CloseReason>();
    var asAcceptor = new CompletableFuture<CloseReason>();
    links.listen(BONDS, strand, link -> new Forger(group, discovery, Role.ACCEPTOR, asAcceptor));
    var unusedAdvertisement = discovery.discovery().advertise(group);
    var unusedLink =
        links.dial(member, BONDS, strand, new Forger(group, discovery, Role.DIALLER, asDialler));

    assertThat(asDialler.get(20, TimeUnit.SECONDS).code())
        .isEqualTo(BondCloseReasons.INVALID_PROOF.code());
    assertThat(asAcceptor.get(20, TimeUnit.SECONDS).code())
        .isEqualTo(BondCloseReasons.INVALID_PROOF.code());
    for (int i = 0; i < 2; i++) {
      assertThat(groups.get(i).bonds()).extracting(BondInfo::peer).containsExactly(other(i));
      assertThat(groups.get(i).execute("from " + i).result()).isEqualTo(i + 1);
    }
  }

  private PeerId other(int node) {
    return nodes.get(1 - node).peerId();
  }
}

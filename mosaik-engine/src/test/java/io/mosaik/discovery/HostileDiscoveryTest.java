package io.mosaik.discovery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.Network;
import io.mosaik.discovery.gossip.AnnounceMessage;
import io.mosaik.discovery.rtt.PingMessage;
import io.mosaik.discovery.sync.SyncMessage;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.id.Tag;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.World;
import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.LinkOptions;
import io.mosaik.transport.Links;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stranger who is let into the network, and misbehaves on the protocols of discovery. */
class HostileDiscoveryTest {

  private static final NetworkId TRADING = NetworkId.of("trading");
  private static final List<String> ALPNS =
      List.of(
          AnnounceMessage.PROTOCOL.alpn(),
          SyncMessage.PROTOCOL.alpn(),
          PingMessage.PROTOCOL.alpn());

  private final World world = World.seeded(5);
  private final SecretKey intruder = SecretKey.of("intruder");
  private Network n0;
  private Network n1;
  private Links links;
  private Strand strand;

  @BeforeEach
  void twoNodesAndAnIntruder() {
    n0 = Network.builder(TRADING).host(world.host("n0")).start();
    n1 = Network.builder(TRADING).host(world.host("n1")).bootstrap(n0.address()).start();
    Host host = world.host("intruder");
    links =
        Links.over(
            host.open(intruder, new Address("0.0.0.0", 0), List.of()),
            host.platform(),
            TRADING,
            null,
            LinkOptions.DEFAULTS);
    strand = host.platform().newStrand("intruder");
    world.runUntil("both see each other", this::bothSeeEachOther, Duration.ofSeconds(3));
  }

  @AfterEach
  void nothingElseHappened() {
    assertThat(bothSeeEachOther()).isTrue();
    n0.discovery().addTags(Tag.of("still here"));
    world.run(Duration.ofSeconds(1));
    PeerEntry seen = requireNonNull(n1.discovery().catalog().get().get(n0.peerId()));
    assertThat(seen.hasTag("still here")).isTrue();
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  @Test
  void garbage_on_each_protocol_closes_that_link_with_protocol_violation() {
    var random = new SplittableRandom(11);
    for (String alpn : ALPNS) {
      for (int i = 0; i < 50; i++) {
        var garbage = new byte[1 + random.nextInt(60)];
        random.nextBytes(garbage);
        assertThat(answerTo(alpn, garbage).code()).as(alpn).isEqualTo(400);
      }
    }
  }

  @Test
  void the_first_announcement_must_be_the_peers_own_entry() {
    SignedPeerEntry foreign = n1.discovery().signedSelf();

    assertThat(answerTo(AnnounceMessage.PROTOCOL.alpn(), news(foreign.toNotice())))
        .matches(CloseReason.PROTOCOL_VIOLATION::is);
    assertThat(
            answerTo(
                AnnounceMessage.PROTOCOL.alpn(),
                encode(new AnnounceMessage.Observed("203.0.113.1"))))
        .matches(CloseReason.PROTOCOL_VIOLATION::is);
    assertThat(n0.discovery().catalog().get().size()).isEqualTo(1);
  }

  @Test
  void a_forged_entry_of_another_peer_closes_the_link_and_changes_nothing() {
    PeerEntry real = n1.discovery().self().get();
    PeerEntry tampered =
        entry(new EntryVersion(real.version().startMs(), real.version().updateMs() + 50), real);
    Notice unsigned = SignedPeerEntry.sign(asOf(intruder, tampered), intruder).toNotice();
    byte[] bytes = unsigned.bytes().clone();
    System.arraycopy(n1.peerId().toBytes(), 0, bytes, 35, 32);
    var forged =
        new Notice(
            Notice.Kind.ENTRY,
            TRADING,
            n1.peerId(),
            tampered.version(),
            bytes,
            intruder.sign(bytes));

    CloseReason reason = answerTo(AnnounceMessage.PROTOCOL.alpn(), ownNews(0), news(forged));

    assertThat(reason.code()).isEqualTo(400);
    PeerEntry seen = requireNonNull(n0.discovery().catalog().get().get(n1.peerId()));
    assertThat(seen.hasTag("forged")).isFalse();
  }

  @Test
  void an_entry_from_the_future_is_refused_and_the_link_closed() {
    CloseReason reason = answerTo(AnnounceMessage.PROTOCOL.alpn(), ownNews(60_000));

    assertThat(reason.code()).isEqualTo(CloseReason.UNKNOWN_PEER.code());
    assertThat(n0.discovery().catalog().get().get(intruder.peerId())).isNull();
  }

  @Test
  void who_says_nothing_on_an_announce_link_is_closed_after_five_seconds() {
    assertThat(answerTo(AnnounceMessage.PROTOCOL.alpn()).code()).isEqualTo(400);
  }

  @Test
  void who_stops_in_a_catalog_sync_or_a_ping_is_closed() {
    assertThat(answerTo(SyncMessage.PROTOCOL.alpn()).code())
        .isEqualTo(CloseReason.TIMED_OUT.code());
    assertThat(answerTo(PingMessage.PROTOCOL.alpn()).code())
        .isEqualTo(CloseReason.TIMED_OUT.code());
  }

  @Test
  void the_word_of_an_intruder_about_the_death_of_another_is_not_enough() {
    PeerEntry real = n1.discovery().self().get();

    CloseReason unused =
        answerTo(
            AnnounceMessage.PROTOCOL.alpn(),
            ownNews(0),
            encode(new AnnounceMessage.Suspect(n1.peerId(), real.version())));

    assertThat(n0.discovery().catalog().get().get(n1.peerId())).isNotNull();
  }

  // ---- the intruder

  /** Sends the messages on a link that was greeted as it should, and waits for its end. */
  private CloseReason answerTo(String alpn, byte[]... messages) {
    var heard = new ArrayList<CloseReason>();
    var protocol = new Protocol<byte[]>(alpn, 1, new Raw());
    Link<byte[]> link =
        links.dial(
            n0.address(),
            protocol,
            strand,
            new LinkHandler<>() {
              @Override
              public void received(Link<byte[]> from, byte[] message, int wireBytes) {}

              @Override
              public void closed(Link<byte[]> from, CloseReason reason) {
                heard.add(reason);
              }
            });
    for (byte[] message : messages) {
      link.send(message);
    }
    world.after(Duration.ofSeconds(50), () -> link.close(CloseReason.SUCCESS));
    world.runUntil("the link ends", () -> !heard.isEmpty(), Duration.ofSeconds(60));
    return heard.getFirst();
  }

  private byte[] ownNews(long aheadMs) {
    long nowMs = n0.discovery().self().get().version().updateMs() + aheadMs;
    PeerEntry own =
        entry(new EntryVersion(nowMs, nowMs), asOf(intruder, n1.discovery().self().get()));
    return news(SignedPeerEntry.sign(own, intruder).toNotice());
  }

  private static byte[] news(Notice notice) {
    return encode(new AnnounceMessage.News(notice));
  }

  private static byte[] encode(AnnounceMessage message) {
    var out = new BinaryWriter();
    AnnounceMessage.PROTOCOL.codec().encode(message, out);
    return out.toByteArray();
  }

  private static PeerEntry asOf(SecretKey key, PeerEntry like) {
    return new PeerEntry(
        1,
        TRADING,
        key.peerId(),
        like.version(),
        like.addresses(),
        like.tags(),
        like.streams(),
        like.groups(),
        like.stores(),
        List.of());
  }

  private static PeerEntry entry(EntryVersion version, PeerEntry like) {
    return new PeerEntry(
        1,
        TRADING,
        like.peerId(),
        version,
        List.of(),
        new TreeSet<>(List.of(Tag.of("forged"))),
        like.streams(),
        like.groups(),
        like.stores(),
        List.of());
  }

  private boolean bothSeeEachOther() {
    return n0.discovery().catalog().get().get(n1.peerId()) != null
        && n1.discovery().catalog().get().get(n0.peerId()) != null;
  }

  private static final class Raw implements Codec<byte[]> {

    @Override
    public void encode(byte[] value, BinaryWriter out) {
      out.raw(value);
    }

    @Override
    public byte[] decode(BinaryReader in) {
      return in.rest();
    }
  }
}

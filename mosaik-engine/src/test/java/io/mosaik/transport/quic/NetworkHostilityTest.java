package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.Network;
import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.BondInfo;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.StateMachine;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What strangers may do to a whole node over real QUIC: each loses its own connection with the code
 * that the wire protocol documents, while a stream, a bond with its group and the announce link to
 * a friend go on, on the connections that they had.
 */
@Timeout(120)
class NetworkHostilityTest {

  private static final NetworkId NETWORK = NetworkId.of("besieged");
  private static final NodeCertificate STRANGER = NodeCertificate.of(SecretKey.of("a stranger"));
  private static final Address LOOPBACK = new Address("127.0.0.1", 0);
  private static final GroupKey KEY = GroupKey.of("a key that both share");
  private static final ConsensusConfig PAIR =
      ConsensusConfig.builder().bootstrapDelay(Duration.ofMillis(300)).bootstrapExpect(2).build();

  private static final long TIMED_OUT = 2;
  private static final long DIFFERENT_NETWORK = 101;
  private static final long VIOLATION = 400;
  private static final long GROUP_NOT_FOUND = 30_404;
  private static final long INVALID_PROOF = 30_405;

  /** The frame limits that the wire protocol documents. */
  private static final Map<String, Integer> FRAME_LIMITS =
      new TreeMap<>(
          Map.of(
              "/mosaik/announce", 257 * 1024,
              "/mosaik/catalog-sync", 1024 * 1024,
              "/mosaik/groups/1", 16 * 1024 * 1024,
              "/mosaik/ping", 64,
              "/mosaik/streams/1.0", 16 * 1024 * 1024));

  /** The protocols whose connections last as long as nothing is wrong. */
  private static final List<String> LASTING =
      List.of("/mosaik/announce", "/mosaik/streams/1.0", "/mosaik/groups/1");

  record Tick(int number) {}

  /** Adds what it is told. */
  private static final class Sum implements StateMachine<Integer, Integer, Integer, Integer> {

    private static final Codec<Integer> NUMBER =
        new Codec<>() {
          @Override
          public void encode(Integer value, BinaryWriter out) {
            out.i32(value);
          }

          @Override
          public Integer decode(BinaryReader in) {
            return in.i32();
          }
        };

    private int sum;

    @Override
    public String signature() {
      return "sum.1";
    }

    @Override
    public Integer apply(Integer command, ApplyContext context) {
      return sum += command;
    }

    @Override
    public void reset() {
      sum = 0;
    }

    @Override
    public Integer query(Integer query) {
      return sum;
    }

    @Override
    public Codec<Integer> commandCodec() {
      return NUMBER;
    }

    @Override
    public Codec<Integer> queryCodec() {
      return NUMBER;
    }

    @Override
    public Codec<Integer> answerCodec() {
      return NUMBER;
    }
  }

  /** What a stranger writes, and the code that it is closed with. */
  private record Attack(String what, long code, byte[]... writes) {}

  private final WatchedHost nodeHost = new WatchedHost();
  private final WatchedHost friendHost = new WatchedHost();
  private Network node;
  private Network friend;
  private Producer<Tick> producer;
  private Consumer<Tick> consumer;
  private Group<Integer, Integer, Integer, Integer> nodeGroup;
  private Group<Integer, Integer, Integer, Integer> friendGroup;
  private List<Long> dialsBefore;
  private int rounds;

  @BeforeEach
  void a_node_whose_friend_shares_a_stream_and_a_group_with_it() throws Exception {
    node = Network.builder(NETWORK).host(nodeHost).bind(LOOPBACK).start();
    friend =
        Network.builder(NETWORK).host(friendHost).bind(LOOPBACK).bootstrap(node.address()).start();
    producer = node.streams().produce(Tick.class);
    consumer = friend.streams().consume(Tick.class);
    nodeGroup = node.groups().withKey(KEY).stateMachine(new Sum()).consensus(PAIR).join();
    friendGroup = friend.groups().withKey(KEY).stateMachine(new Sum()).consensus(PAIR).join();
    producer.when().subscribed().minimumOf(1).await();
    nodeGroup.when().isOnline().future().get(30, TimeUnit.SECONDS);
    friendGroup.when().isOnline().future().get(30, TimeUnit.SECONDS);
    dialsBefore = dials();
    assertFriendshipWorks("before any attack");
  }

  @AfterEach
  void close() {
    friend.close();
    node.close();
  }

  private List<Long> dials() {
    return LASTING.stream().map(alpn -> nodeHost.dials(alpn) + friendHost.dials(alpn)).toList();
  }

  /** The stream carries, the group of two commits (which takes both), nobody had to dial again. */
  private void assertFriendshipWorks(String when) throws Exception {
    rounds++;
    producer.send(new Tick(rounds));
    assertThat(consumer.receive()).as(when).isEqualTo(new Tick(rounds));
    assertThat(friendGroup.execute(1).result()).as(when).isEqualTo(2 * rounds - 1);
    assertThat(nodeGroup.execute(1).result()).as(when).isEqualTo(2 * rounds);
    assertThat(nodeGroup.bonds())
        .as(when)
        .extracting(BondInfo::peer)
        .containsExactly(friend.peerId());
    assertThat(friendGroup.bonds())
        .as(when)
        .extracting(BondInfo::peer)
        .containsExactly(node.peerId());
    assertThat(node.discovery().catalog().get().peers())
        .as(when)
        .extracting(entry -> entry.peerId())
        .containsExactly(friend.peerId());
    assertThat(friend.discovery().catalog().get().peers())
        .as(when)
        .extracting(entry -> entry.peerId())
        .containsExactly(node.peerId());
    assertThat(dials()).as("%s: dials of %s", when, LASTING).isEqualTo(dialsBefore);
  }

  @Test
  void every_protocol_of_a_node_has_a_documented_frame_limit() {
    assertThat(nodeHost.protocols()).containsExactlyElementsOf(FRAME_LIMITS.keySet());
  }

  @Test
  void each_attack_on_each_protocol_is_closed_with_its_documented_code_and_harms_nobody_else()
      throws Exception {
    for (var protocol : FRAME_LIMITS.entrySet()) {
      for (Attack attack : attacks(protocol.getValue())) {
        String what = protocol.getKey() + ", " + attack.what();
        assertThat(closeCode(protocol.getKey(), attack.writes())).as(what).isEqualTo(attack.code());
        assertFriendshipWorks(what);
      }
    }
  }

  private static List<Attack> attacks(int frameLimit) {
    var random = new Random(4714);
    var noise = new byte[64];
    random.nextBytes(noise);
    noise[0] = (byte) 0xfe;
    var ones = new byte[32];
    Arrays.fill(ones, (byte) 0xff);
    var helloLike = new byte[60];
    random.nextBytes(helloLike);
    helloLike[0] = 1;
    var firstKind = new byte[64];
    Arrays.fill(firstKind, (byte) 0xff);
    firstKind[0] = 1;
    byte[] hello = frame(hello(NETWORK, 1));
    byte[] tooLong = length(frameLimit + 1);
    return List.of(
        new Attack("noise instead of Hello", VIOLATION, frame(noise)),
        new Attack("ones instead of Hello", VIOLATION, frame(ones)),
        new Attack("an empty frame instead of Hello", VIOLATION, frame(new byte[0])),
        new Attack("half a Hello", VIOLATION, frame(Arrays.copyOf(hello(NETWORK, 1), 20))),
        new Attack("an acceptor's Hello", VIOLATION, frame(tagged(2, hello(NETWORK, 1)))),
        new Attack("Hello of another revision", VIOLATION, frame(hello(NETWORK, 99))),
        new Attack("Hello and a byte", VIOLATION, frame(Arrays.copyOf(hello(NETWORK, 1), 36))),
        new Attack("Hello of no network", DIFFERENT_NETWORK, frame(helloLike)),
        new Attack(
            "Hello of another network",
            DIFFERENT_NETWORK,
            frame(hello(NetworkId.of("elsewhere"), 1))),
        new Attack("4 GiB instead of Hello", VIOLATION, length(-1)),
        new Attack("1 KiB and a byte instead of Hello", VIOLATION, length(1025)),
        new Attack("noise after Hello", VIOLATION, hello, frame(noise)),
        new Attack("ones after Hello", VIOLATION, hello, frame(ones)),
        new Attack("a known kind and nonsense after Hello", VIOLATION, hello, frame(firstKind)),
        new Attack("an empty frame after Hello", VIOLATION, hello, frame(new byte[0])),
        new Attack("a second Hello", VIOLATION, hello, hello),
        new Attack("4 GiB after Hello", VIOLATION, hello, length(-1)),
        new Attack("a frame over the limit after Hello", VIOLATION, hello, tooLong));
  }

  @Test
  void the_longest_frame_is_read_to_its_last_byte_and_one_byte_more_is_not_even_awaited()
      throws Exception {
    for (var limit : FRAME_LIMITS.entrySet()) {
      try (var stranger = new RawDialler(nodeHost.port(), limit.getKey(), STRANGER)) {
        QuicStreamChannel stream = stranger.openStream(QuicStreamType.BIDIRECTIONAL);
        stranger.send(stream, frame(hello(NETWORK, 1))).send(stream, length(limit.getValue()));
        assertThat(stranger.isClosedWithin(Duration.ofMillis(300))).as(limit.getKey()).isFalse();
      }
    }
    assertFriendshipWorks("after frames that were begun and left");
  }

  @Test
  void a_hello_may_announce_1_KiB_on_every_protocol() throws Exception {
    for (String alpn : nodeHost.protocols()) {
      try (var stranger = new RawDialler(nodeHost.port(), alpn, STRANGER)) {
        stranger.send(stranger.openStream(QuicStreamType.BIDIRECTIONAL), length(1024));
        assertThat(stranger.isClosedWithin(Duration.ofMillis(300))).as(alpn).isFalse();
      }
    }
  }

  @Test
  void who_says_nothing_is_timed_out_on_every_protocol() throws Exception {
    var silent = new TreeMap<String, RawDialler>();
    try {
      for (String alpn : nodeHost.protocols()) {
        var stranger = new RawDialler(nodeHost.port(), alpn, STRANGER);
        silent.put(alpn, stranger);
        stranger.openStream(QuicStreamType.BIDIRECTIONAL);
      }
      for (var stranger : silent.entrySet()) {
        assertThat(code(stranger.getValue())).as(stranger.getKey()).isEqualTo(TIMED_OUT);
      }
    } finally {
      silent.values().forEach(RawDialler::close);
    }
    assertFriendshipWorks("after silence");
  }

  @Test
  void who_does_not_know_the_key_of_a_group_or_names_another_group_is_told_so() throws Exception {
    byte[] hello = frame(hello(NETWORK, 1));
    var unknown = new GroupId(Digest.hash("a group of others".getBytes(StandardCharsets.UTF_8)));
    assertThat(closeCode("/mosaik/groups/1", hello, frame(start(unknown))))
        .isEqualTo(GROUP_NOT_FOUND);
    assertFriendshipWorks("after the start of an unknown group's bond");
    assertThat(closeCode("/mosaik/groups/1", hello, frame(start(nodeGroup.id()))))
        .isEqualTo(INVALID_PROOF);
    assertFriendshipWorks("after a proof without the key");
  }

  /** The first message of a bond, with a proof that is none. */
  private byte[] start(GroupId group) {
    var self = friend.discovery().signedSelf();
    return new BinaryWriter()
        .u8(1)
        .raw(group.digest().toBytes())
        .raw(new byte[32])
        .i64(7)
        .i64(8)
        .bool(false)
        .bytes(self.bytes())
        .raw(self.signature())
        .varint(0)
        .toByteArray();
  }

  @Test
  void a_node_of_another_network_is_told_so_and_nothing_is_exchanged() throws Exception {
    try (Network other =
        Network.builder(NetworkId.of("elsewhere"))
            .bind(LOOPBACK)
            .bootstrap(node.address())
            .start()) {
      assertThatThrownBy(() -> other.discovery().dial(node.address()).get(20, TimeUnit.SECONDS))
          .hasMessageContaining("different network (101)");
      assertThatThrownBy(() -> other.discovery().syncWith(node.address()).get(20, TimeUnit.SECONDS))
          .hasMessageContaining("different network (101)");
      assertThatThrownBy(() -> other.discovery().ping(node.address()).get(20, TimeUnit.SECONDS))
          .hasMessageContaining("different network (101)");
      assertThatThrownBy(() -> node.discovery().ping(other.address()).get(20, TimeUnit.SECONDS))
          .hasMessageContaining("different network (101)");
      assertThat(other.discovery().catalog().get().peers()).isEmpty();
      assertFriendshipWorks("beside another network");
    }
  }

  @Test
  void a_node_that_proves_another_key_than_the_one_dialled_is_not_admitted() throws Exception {
    var wrong =
        PeerAddress.of(
            SecretKey.of("somebody else").peerId(), node.address().candidates().getFirst());
    try (Network mistaken = Network.builder(NETWORK).bind(LOOPBACK).bootstrap(wrong).start()) {
      assertThatThrownBy(() -> mistaken.discovery().dial(wrong).get(20, TimeUnit.SECONDS))
          .hasMessageContaining("not admitted: another key than the one dialled (403)");
      assertThatThrownBy(() -> friend.discovery().ping(wrong).get(20, TimeUnit.SECONDS))
          .hasMessageContaining("not admitted: another key than the one dialled (403)");
      assertThat(mistaken.discovery().catalog().get().peers()).isEmpty();
      assertFriendshipWorks("after dials for another key");
    }
  }

  private static byte[] length(int bytes) {
    return new BinaryWriter().i32(bytes).toByteArray();
  }

  private static byte[] frame(byte[] payload) {
    return new BinaryWriter().i32(payload.length).raw(payload).toByteArray();
  }

  /** The greeting of a dialler, 35 bytes. */
  private static byte[] hello(NetworkId network, int revision) {
    return new BinaryWriter()
        .u8(1)
        .raw(network.digest().toBytes())
        .varint(revision)
        .varint(0)
        .toByteArray();
  }

  private static byte[] tagged(int tag, byte[] greeting) {
    greeting[0] = (byte) tag;
    return greeting;
  }

  private long closeCode(String alpn, byte[]... writes) throws Exception {
    try (var stranger = new RawDialler(nodeHost.port(), alpn, STRANGER)) {
      QuicStreamChannel stream = stranger.openStream(QuicStreamType.BIDIRECTIONAL);
      for (byte[] bytes : writes) {
        stranger.send(stream, bytes);
      }
      return code(stranger);
    }
  }

  private static long code(RawDialler stranger) throws Exception {
    QuicConnectionCloseEvent close = stranger.awaitClose();
    assertThat(close.isApplicationClose()).isTrue();
    return close.error();
  }
}

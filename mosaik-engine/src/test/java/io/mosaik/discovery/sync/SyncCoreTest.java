package io.mosaik.discovery.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.id.Digest;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SyncCoreTest {

  private static final NetworkId NETWORK = NetworkId.of("net");

  @Test
  void both_have_the_newest_of_both_afterwards() {
    for (long seed = 1; seed <= 50; seed++) {
      var random = new SplittableRandom(seed);
      var left = new Peers();
      var right = new Peers();
      var union = new Peers();
      int peers = 1 << random.nextInt(11);
      for (int i = 0; i < peers; i++) {
        Notice older = notice(i, 1 + random.nextInt(3));
        Notice newer = notice(i, 1 + random.nextInt(3));
        if (random.nextInt(10) > 0) {
          left.merge(older);
          union.merge(older);
        }
        if (random.nextInt(10) > 0) {
          right.merge(newer);
          union.merge(newer);
        }
      }

      exchange(left, right);

      assertThat(left.notices).as("seed %d", seed).isEqualTo(union.notices);
      assertThat(right.notices).as("seed %d", seed).isEqualTo(union.notices);
    }
  }

  @Test
  void equal_catalogs_cost_fingerprints_alone() {
    var left = new Peers();
    var right = new Peers();
    for (int i = 0; i < 10_000; i++) {
      left.merge(notice(i, 1));
      right.merge(notice(i, 1));
    }

    Cost cost = exchange(left, right);

    assertThat(cost.notices).isZero();
    assertThat(cost.bytes).isLessThan(10_000);
  }

  @Test
  void the_cost_follows_the_difference_and_not_the_catalog() {
    var left = new Peers();
    var right = new Peers();
    for (int i = 0; i < 10_000; i++) {
      left.merge(notice(i, 1));
      right.merge(notice(i, 1));
    }
    for (int i = 0; i < 5; i++) {
      left.merge(notice(i, 2));
      right.merge(notice(10_000 + i, 1));
    }

    Cost cost = exchange(left, right);

    assertThat(cost.notices).isEqualTo(10);
    assertThat(cost.bytes).isLessThan(32_000);
    assertThat(left.notices).isEqualTo(right.notices);
  }

  @Test
  void a_peer_that_may_not_be_passed_on_is_left_out_and_the_exchange_ends() {
    var left = new Peers();
    var right = new Peers();
    left.merge(notice(1, 1));
    left.hidden = notice(1, 1).peer();
    left.merge(notice(2, 1));

    exchange(right, left);

    assertThat(right.notices.keySet()).containsExactly(notice(2, 1).peer());
  }

  @Test
  void messages_out_of_place_are_refused() {
    var empty = new Peers();
    for (SyncMessage message :
        List.of(
            new SyncMessage.Differing(List.of()),
            new SyncMessage.Versions(List.of(), true),
            new SyncMessage.Wanted(List.of()),
            new SyncMessage.Notices(List.of()),
            new SyncMessage.Done())) {
      assertThatThrownBy(() -> SyncCore.acceptor(empty).received(message))
          .isInstanceOf(MalformedException.class);
    }
    assertThatThrownBy(
            () -> SyncCore.dialler(empty).received(new SyncMessage.Fingerprints(0, List.of(1L))))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(
            () -> SyncCore.dialler(empty).received(new SyncMessage.Differing(List.of(1))))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void more_than_was_listed_can_not_be_wanted() {
    var acceptor = SyncCore.acceptor(new Peers());
    acceptor.received(new SyncMessage.Fingerprints(0, List.of(1L)));

    assertThatThrownBy(
            () -> acceptor.received(new SyncMessage.Wanted(List.of(notice(1, 1).peer()))))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void garbage_is_malformed_and_nothing_else() {
    var random = new SplittableRandom(3);
    var codec = SyncMessage.PROTOCOL.codec();
    for (int i = 0; i < 20_000; i++) {
      var garbage = new byte[1 + random.nextInt(200)];
      random.nextBytes(garbage);
      garbage[0] = (byte) random.nextInt(8);
      try {
        var unused = codec.decode(new BinaryReader(garbage));
      } catch (MalformedException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  // ---- two sides without a network

  private static final class Cost {
    int bytes;
    int notices;
  }

  private static Cost exchange(Peers dialling, Peers accepting) {
    var cost = new Cost();
    var dialler = SyncCore.dialler(dialling);
    var acceptor = SyncCore.acceptor(accepting);
    boolean moved = true;
    while (moved) {
      moved = carry(dialler, acceptor, accepting, cost);
      moved |= carry(acceptor, dialler, dialling, cost);
    }
    assertThat(dialler.isComplete()).isTrue();
    assertThat(acceptor.isComplete()).isTrue();
    return cost;
  }

  private static boolean carry(SyncCore from, SyncCore to, Peers into, Cost cost) {
    boolean moved = false;
    SyncMessage message;
    while ((message = from.next()) != null) {
      var out = new BinaryWriter();
      SyncMessage.PROTOCOL.codec().encode(message, out);
      byte[] bytes = out.toByteArray();
      assertThat(bytes.length).isLessThan(SyncMessage.PROTOCOL.maxFrameBytes());
      cost.bytes += bytes.length;
      for (Notice notice : to.received(SyncMessage.PROTOCOL.codec().fromBytes(bytes))) {
        cost.notices++;
        into.merge(notice);
      }
      moved = true;
    }
    return moved;
  }

  private static Notice notice(int peer, long update) {
    byte[] id = Digest.ofName("peer " + peer).toBytes();
    byte[] bytes =
        new BinaryWriter()
            .u8(2)
            .u16(1)
            .raw(NETWORK.digest().toBytes())
            .raw(id)
            .i64(1)
            .i64(update)
            .toByteArray();
    return Notice.CODEC.fromBytes(
        new BinaryWriter().bytes(bytes).raw(new byte[Notice.SIGNATURE_BYTES]).toByteArray());
  }

  private static final class Peers implements SyncCore.CatalogView {

    private final TreeMap<PeerId, Notice> notices = new TreeMap<>();
    private @Nullable PeerId hidden;

    void merge(Notice notice) {
      notices.merge(
          notice.peer(),
          notice,
          (known, next) -> known.version().compareTo(next.version()) >= 0 ? known : next);
    }

    @Override
    public void forEachVersion(BiConsumer<PeerId, EntryVersion> action) {
      notices.forEach((peer, notice) -> action.accept(peer, notice.version()));
    }

    @Override
    public int size() {
      return notices.size();
    }

    @Override
    public @Nullable Notice notice(PeerId peer) {
      return hidden != null && hidden.equals(peer) ? null : notices.get(peer);
    }
  }
}

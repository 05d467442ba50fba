package io.mosaik.groups.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.sync.FetchEffect.Ask;
import io.mosaik.groups.sync.FetchEffect.Write;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SnapshotFetchTest {

  private static final Member LEADER = member(1);
  private static final Member TWO = member(2);
  private static final Member THREE = member(3);
  private static final int CHUNKS = 20;
  private static final int LAST_CHUNK_BYTES = 1_000;
  private static final SnapshotManifest MANIFEST = manifest();

  private final List<FetchEffect> out = new ArrayList<>();
  private final List<Ask> open = new ArrayList<>();
  private SnapshotFetch fetch = new SnapshotFetch(MANIFEST, new BitSet());
  private long nowNs;

  private static Member member(int number) {
    var id = new byte[PeerId.LENGTH];
    id[0] = (byte) number;
    return new Member(PeerId.ofBytes(id), number);
  }

  private static byte[] chunk(int number) {
    return new byte[] {(byte) number}; // what counts is the digest
  }

  private static SnapshotManifest manifest() {
    var digests = new ArrayList<Digest>();
    for (int i = 0; i < CHUNKS; i++) {
      digests.add(Digest.hash(chunk(i)));
    }
    return new SnapshotManifest(
        Lineage.formed(new SplittableRandom(1)),
        new LogPosition(1, 100),
        Committee.of(List.of(LEADER)),
        1,
        (CHUNKS - 1L) * SnapshotManifest.CHUNK_BYTES + LAST_CHUNK_BYTES,
        digests);
  }

  private <E extends FetchEffect> List<E> told(Class<E> kind) {
    return out.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** What was asked for since the last look; it stays open. */
  private List<Ask> asks() {
    List<Ask> asks = told(Ask.class);
    open.addAll(asks);
    out.clear();
    return asks;
  }

  private void start(Member... holders) {
    fetch.ledBy(LEADER);
    for (Member holder : holders) {
      fetch.held(holder, nowNs, out);
    }
    fetch.start(nowNs, out);
  }

  /** Answers what is asked for, and writes what comes, until there is no more. */
  private void serve() {
    asks();
    while (!open.isEmpty()) {
      List<Ask> asks = List.copyOf(open);
      open.clear();
      for (Ask ask : asks) {
        fetch.arrived(ask.member(), ask.chunk(), chunk(ask.chunk()), nowNs, out);
      }
      for (Write write : told(Write.class)) {
        fetch.written(write.chunk(), nowNs, out);
      }
      if (!told(FetchEffect.Complete.class).isEmpty()) {
        return;
      }
      asks();
    }
  }

  @Test
  void every_chunk_is_fetched_once_and_then_it_is_complete() {
    start(TWO, THREE);
    serve();
    assertThat(told(FetchEffect.Complete.class)).hasSize(1);
    assertThat(fetch.isOver()).isTrue();
    assertThat(fetch.writtenBytes()).isEqualTo(MANIFEST.sizeBytes());
  }

  @Test
  void several_members_are_asked_at_once_each_for_little_and_the_leader_last() {
    start(LEADER, TWO, THREE);
    List<Ask> asks = asks();
    assertThat(asks).extracting(Ask::chunk).containsExactly(0, 1, 2, 3);
    assertThat(asks).extracting(Ask::member).containsOnly(TWO, THREE);
    fetch.gone(TWO, nowNs, out);
    fetch.gone(THREE, nowNs, out);
    assertThat(asks()).extracting(Ask::member).containsOnly(LEADER);
  }

  @Test
  void no_more_is_held_in_memory_than_a_few_chunks_however_many_give() {
    for (int i = 2; i < 20; i++) {
      fetch.held(member(i), nowNs, out);
    }
    start();
    List<Ask> asks = asks();
    assertThat(asks).hasSize(SnapshotFetch.MOST_AT_ONCE);
    for (Ask ask : asks) {
      fetch.arrived(ask.member(), ask.chunk(), chunk(ask.chunk()), nowNs, out);
    }
    // They are being written, so nothing more is asked for.
    assertThat(asks()).isEmpty();
    fetch.written(0, nowNs, out);
    assertThat(asks()).hasSize(1);
  }

  @Test
  void a_chunk_that_is_not_what_it_should_be_is_fetched_from_another() {
    start(TWO, THREE);
    Ask first = asks().getFirst();
    fetch.arrived(first.member(), first.chunk(), new byte[10], nowNs, out);
    assertThat(told(FetchEffect.Corrupt.class))
        .containsExactly(new FetchEffect.Corrupt(first.member(), first.chunk()));
    assertThat(told(Write.class)).isEmpty();
    fetch.held(first.member(), nowNs, out);
    serve();
    assertThat(told(FetchEffect.Complete.class)).hasSize(1);
  }

  @Test
  void what_was_asked_of_a_member_that_is_gone_is_asked_of_another() {
    start(TWO, THREE);
    List<Integer> lost =
        asks().stream().filter(ask -> ask.member().equals(TWO)).map(Ask::chunk).toList();
    fetch.gone(TWO, nowNs, out);
    assertThat(lost).isNotEmpty();
    serve();
    assertThat(fetch.isOver()).isTrue();
    assertThat(fetch.written().cardinality()).isEqualTo(CHUNKS);
  }

  @Test
  void a_member_that_does_not_answer_in_time_is_left_out() {
    start(TWO);
    assertThat(asks()).hasSize(SnapshotFetch.MOST_PER_MEMBER);
    fetch.held(LEADER, nowNs, out);
    asks();
    nowNs += SnapshotFetch.ANSWER_TIMEOUT.toNanos();
    fetch.onTimer(nowNs, out);
    assertThat(asks()).containsExactly(new Ask(LEADER, 0), new Ask(LEADER, 1));
    fetch.arrived(TWO, 0, chunk(0), nowNs, out);
    assertThat(told(Write.class)).isEmpty();
  }

  @Test
  void it_gives_up_when_nobody_has_it_for_too_long_and_another_goes_on_with_what_is_there() {
    start(TWO);
    for (Ask ask : asks()) {
      fetch.arrived(TWO, ask.chunk(), chunk(ask.chunk()), nowNs, out);
      fetch.written(ask.chunk(), nowNs, out);
    }
    fetch.gone(TWO, nowNs, out);
    assertThat(fetch.isOver()).isFalse();
    nowNs += SnapshotFetch.PATIENCE.toNanos();
    fetch.onTimer(nowNs, out);
    assertThat(told(FetchEffect.GiveUp.class)).hasSize(1);
    int there = fetch.written().cardinality();
    assertThat(there).isEqualTo(2);

    out.clear();
    fetch = new SnapshotFetch(MANIFEST, fetch.written());
    start(THREE);
    assertThat(asks()).extracting(Ask::chunk).containsExactly(2, 3);
  }

  @Test
  void it_gives_up_at_once_when_all_have_dropped_it_for_a_newer_one() {
    start(TWO, THREE);
    fetch.dropped(TWO, nowNs, out);
    assertThat(told(FetchEffect.GiveUp.class)).isEmpty();
    fetch.dropped(THREE, nowNs, out);
    assertThat(told(FetchEffect.GiveUp.class)).hasSize(1);
  }

  @Test
  void without_any_chunk_it_is_complete_at_once() {
    var empty =
        new SnapshotManifest(
            MANIFEST.lineage(), MANIFEST.position(), MANIFEST.committee(), 1, 0, List.of());
    fetch = new SnapshotFetch(empty, new BitSet());
    start();
    assertThat(told(FetchEffect.Complete.class)).hasSize(1);
  }

  /** Whatever happens, it ends: complete if somebody has it in the end. */
  @Test
  void no_history_wedges_it() {
    for (long seed = 0; seed < 2_000; seed++) {
      var random = new SplittableRandom(seed);
      fetch = new SnapshotFetch(MANIFEST, new BitSet());
      out.clear();
      start(TWO);
      open.clear();
      asks();
      List<Integer> writing = new ArrayList<>();
      for (int step = 0; step < 300 && !fetch.isOver(); step++) {
        Member member = member(random.nextInt(1, 5));
        switch (random.nextInt(8)) {
          case 0 -> fetch.held(member, nowNs, out);
          case 1 -> fetch.gone(member, nowNs, out);
          case 2 -> {
            nowNs += random.nextLong(2_000_000_000L);
            fetch.onTimer(nowNs, out);
          }
          case 3, 4, 5 -> {
            if (!open.isEmpty()) {
              Ask ask = open.remove(random.nextInt(open.size()));
              boolean corrupt = random.nextInt(50) == 0;
              byte[] bytes = corrupt ? new byte[3] : chunk(ask.chunk());
              fetch.arrived(ask.member(), ask.chunk(), bytes, nowNs, out);
            }
          }
          default -> {
            if (!writing.isEmpty()) {
              fetch.written(writing.removeFirst(), nowNs, out);
            }
          }
        }
        open.addAll(told(Ask.class));
        told(Write.class).forEach(write -> writing.add(write.chunk()));
        if (!fetch.isOver()) {
          assertThat(told(FetchEffect.GiveUp.class)).isEmpty();
        }
        out.clear();
        assertThat(writing).hasSizeLessThanOrEqualTo(SnapshotFetch.MOST_AT_ONCE);
      }
      writing.forEach(chunk -> fetch.written(chunk, nowNs, out));
      out.clear();
      if (!fetch.isOver()) {
        nowNs += SnapshotFetch.ANSWER_TIMEOUT.toNanos();
        fetch.onTimer(nowNs, out); // whoever has not answered is left out
        open.clear();
        fetch.held(member(9), nowNs, out);
        serve();
      }
      assertThat(fetch.isOver()).as("seed %d", seed).isTrue();
    }
  }
}

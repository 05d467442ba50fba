package io.mosaik.discovery.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.gossip.AnnounceMessage.News;
import io.mosaik.discovery.gossip.AnnounceMessage.Suspect;
import io.mosaik.discovery.gossip.GossipCore.OpenLink;
import io.mosaik.discovery.gossip.GossipEffect.Close;
import io.mosaik.discovery.gossip.GossipEffect.Demote;
import io.mosaik.discovery.gossip.GossipEffect.Dial;
import io.mosaik.discovery.gossip.GossipEffect.NeighbourDown;
import io.mosaik.discovery.gossip.GossipEffect.NeighbourUp;
import io.mosaik.discovery.gossip.GossipEffect.Send;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.CloseReason;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GossipCoreTest {

  private static final long MS = 1_000_000;
  private static final long SECOND = 1000 * MS;
  private static final List<SecretKey> KEYS =
      Stream.of("a", "b", "c", "d")
          .map(SecretKey::of)
          .sorted((x, y) -> x.peerId().compareTo(y.peerId()))
          .toList();
  private static final PeerId SMALLEST = KEYS.get(0).peerId();
  private static final PeerId SELF = KEYS.get(1).peerId();
  private static final PeerId BIG = KEYS.get(2).peerId();
  private static final PeerId BIGGEST = KEYS.get(3).peerId();
  private static final EntryVersion V1 = new EntryVersion(1, 1);
  private static final EntryVersion V2 = new EntryVersion(1, 2);

  private final GossipCore core =
      new GossipCore(SELF, DiscoveryConfig.DEFAULTS, new SplittableRandom(1));

  @Test
  void the_smaller_of_two_dials_at_once_and_the_other_a_second_later() {
    assertThat(core.heardOf(BIG, V1, 0)).containsExactly(new Dial(BIG));
    assertThat(core.heardOf(SMALLEST, V1, 0)).isEmpty();
    assertThat(core.nextTickNs()).isEqualTo(SECOND);
    assertThat(core.tick(SECOND)).containsExactly(new Dial(SMALLEST));
  }

  @Test
  void who_was_dialled_meanwhile_does_not_dial() {
    core.heardOf(SMALLEST, V1, 0);
    up(SMALLEST, 1, false, 0);

    assertThat(core.tick(10 * SECOND)).isEmpty();
  }

  @Test
  void of_two_links_dialled_at_once_the_one_of_the_smaller_dialler_stays_on_both_sides() {
    up(BIG, 1, false, 0);
    assertThat(core.greeted(BIG, V1, new OpenLink(2, true, 1), 100 * MS))
        .containsExactly(
            new Close(1, CloseReason.CANCELLED.because("replaced by another link")),
            new NeighbourUp(BIG, 2, false));

    up(SMALLEST, 3, false, 0);
    assertThat(core.greeted(SMALLEST, V1, new OpenLink(4, true, 1), 100 * MS))
        .containsExactly(new Close(4, CloseReason.CANCELLED.because("there is another link")));
  }

  @Test
  void a_link_that_comes_later_replaces_one_that_its_dialler_must_have_lost() {
    up(BIG, 1, true, 0);

    assertThat(core.greeted(BIG, V1, new OpenLink(2, false, 1), 6 * SECOND))
        .contains(new NeighbourUp(BIG, 2, false));
  }

  @Test
  void a_link_of_a_new_life_replaces_one_of_the_old_and_not_the_other_way() {
    up(BIG, 1, true, 0);

    assertThat(core.greeted(BIG, new EntryVersion(5, 5), new OpenLink(2, false, 5), MS))
        .contains(new NeighbourUp(BIG, 2, false));
    assertThat(core.greeted(BIG, V1, new OpenLink(3, true, 1), 2 * MS))
        .containsExactly(new Close(3, CloseReason.CANCELLED.because("there is another link")));
  }

  @Test
  void a_lost_link_is_dialled_again_and_the_neighbours_are_asked() {
    up(BIG, 1, true, 0);
    up(SMALLEST, 2, false, 0);

    assertThat(core.closed(BIG, 1, CloseReason.TIMED_OUT, SECOND))
        .containsExactly(
            new NeighbourDown(BIG),
            new Send(List.of(SMALLEST), new Suspect(BIG, V1)),
            new Dial(BIG));
    assertThat(core.nextTickNs()).isEqualTo(4 * SECOND);
    assertThat(core.tick(4 * SECOND)).containsExactly(new Demote(BIG));
    assertThat(core.tick(40 * SECOND)).isEmpty();
  }

  @Test
  void a_newer_notice_clears_the_suspicion() {
    up(BIG, 1, true, 0);
    core.closed(BIG, 1, CloseReason.TIMED_OUT, SECOND);

    core.heardOf(BIG, V1, 2 * SECOND);
    assertThat(core.nextTickNs()).isEqualTo(4 * SECOND);
    core.heardOf(BIG, V2, 2 * SECOND);

    assertThat(core.tick(4 * SECOND)).isEmpty();
  }

  @Test
  void a_new_link_clears_the_suspicion_and_tells_whether_the_peer_was_given_up() {
    up(BIG, 1, true, 0);
    core.closed(BIG, 1, CloseReason.CONNECTION_LOST, SECOND);
    assertThat(core.greeted(BIG, V1, new OpenLink(2, true, 1), 2 * SECOND))
        .containsExactly(new NeighbourUp(BIG, 2, false));
    assertThat(core.tick(10 * SECOND)).isEmpty();

    core.closed(BIG, 2, CloseReason.CONNECTION_LOST, 11 * SECOND);
    assertThat(core.tick(14 * SECOND)).contains(new Demote(BIG));
    assertThat(core.greeted(BIG, V1, new OpenLink(3, false, 1), 20 * SECOND))
        .containsExactly(new NeighbourUp(BIG, 3, true));
  }

  @Test
  void dials_that_fail_come_more_and_more_rarely_and_never_stop() {
    core.heardOf(BIG, V1, 0);
    long nowNs = 0;
    long lastGapNs = 0;
    for (int i = 0; i < 20; i++) {
      assertThat(core.dialFailed(BIG, CloseReason.TIMED_OUT, nowNs)).isEmpty();
      lastGapNs = core.nextTickNs() - nowNs;
      assertThat(lastGapNs).isBetween(SECOND / 2, 10 * SECOND);
      nowNs = core.nextTickNs();
      assertThat(core.tick(nowNs)).containsExactly(new Dial(BIG));
    }
    assertThat(lastGapNs).isGreaterThanOrEqualTo(5 * SECOND);
  }

  @Test
  void a_link_that_the_peer_closed_for_a_violation_does_not_make_it_suspect() {
    up(BIG, 1, true, 0);

    assertThat(core.closed(BIG, 1, CloseReason.PROTOCOL_VIOLATION, SECOND))
        .containsExactly(new NeighbourDown(BIG));
    assertThat(core.tick(10 * SECOND)).isEmpty();
    assertThat(core.tick(40 * SECOND)).containsExactly(new Dial(BIG));
  }

  @Test
  void a_question_about_a_linked_peer_is_passed_on_to_it() {
    up(BIG, 1, true, 0);
    up(SMALLEST, 2, false, 0);
    var question = new Suspect(BIG, V1);

    assertThat(core.suspected(question, V1, SECOND))
        .containsExactly(new Send(List.of(BIG), question));
  }

  @Test
  void a_question_about_a_peer_without_a_link_makes_it_suspect_here_too_once() {
    core.heardOf(BIG, V1, 0);
    core.dialFailed(BIG, CloseReason.TIMED_OUT, SECOND);
    up(SMALLEST, 2, false, 0);
    up(BIGGEST, 3, true, 0);
    var question = new Suspect(BIG, V1);

    assertThat(core.suspected(question, V1, SECOND))
        .containsExactly(new Send(List.of(SMALLEST, BIGGEST), question), new Dial(BIG));
    assertThat(core.suspected(question, V1, SECOND)).isEmpty();
    assertThat(core.tick(4 * SECOND)).contains(new Demote(BIG));
    assertThat(core.suspected(question, V1, 5 * SECOND)).isEmpty();
  }

  @Test
  void news_goes_to_all_but_who_sent_it_and_whom_it_is_about() {
    up(SMALLEST, 1, false, 0);
    up(BIG, 2, true, 0);
    up(BIGGEST, 3, true, 0);
    var news = new News(Notice.departure(NetworkId.of("net"), V1, KEYS.get(2)));

    assertThat(core.spread(news, SMALLEST)).containsExactly(new Send(List.of(BIGGEST), news));
    assertThat(core.spread(news, SELF)).containsExactly(new Send(List.of(SMALLEST, BIGGEST), news));
  }

  @Test
  void a_peer_that_left_is_neither_kept_nor_dialled() {
    up(BIG, 1, true, 0);

    assertThat(core.forget(BIG, CloseReason.GRACEFUL_SHUTDOWN))
        .containsExactly(new NeighbourDown(BIG), new Close(1, CloseReason.GRACEFUL_SHUTDOWN));
    assertThat(core.closed(BIG, 1, CloseReason.GRACEFUL_SHUTDOWN, SECOND)).isEmpty();
    assertThat(core.nextTickNs()).isEqualTo(Long.MAX_VALUE);
    assertThat(core.linkedPeers()).isEmpty();
  }

  private void up(PeerId peer, long linkId, boolean dialledHere, long nowNs) {
    core.heardOf(peer, V1, nowNs);
    assertThat(core.greeted(peer, V1, new OpenLink(linkId, dialledHere, 1), nowNs))
        .containsExactly(new NeighbourUp(peer, linkId, false));
  }
}

package io.mosaik.discovery.gossip;

import io.mosaik.discovery.DiscoveryConfig;
import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.PeerId;
import io.mosaik.transport.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Keeps one link to every peer it is told of, floods news over them, and finds out who is dead. A
 * pure core: each call returns what is to be done, in order.
 *
 * <p><b>One link a pair.</b> Of two peers that know each other the one with the smaller id dials at
 * once, the other only if no link came within a second. Where two links meet nevertheless, the one
 * of the later start of the peer wins; else, if both are young, the one that the smaller id
 * dialled; else the newer one, since who dials again has lost the other.
 *
 * <p><b>Death.</b> When a link dies without a word, the peer is suspected: it is dialled again at
 * once, and all neighbours are asked ({@link AnnounceMessage.Suspect}). Those who are linked to it
 * pass the question on, and the peer answers by a newer entry. A link, or any newer notice of the
 * peer, clears the suspicion. If neither comes within the suspect timeout the peer is {@linkplain
 * GossipEffect.Demote given up}; dialling goes on, more and more rarely, until it is forgotten. A
 * neighbour that has no link to the suspect either suspects it too, so that everyone finds out at
 * about the same time.
 */
public final class GossipCore {

  /** No more links than this are kept; news of further peers comes through others. */
  public static final int MAX_NEIGHBOURS = 512;

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long POLITE_DELAY_NS = SECOND_NS;
  private static final long BOTH_DIALLED_NS = 5 * SECOND_NS;
  private static final long REPLACED_GRACE_NS = SECOND_NS;
  private static final long FIRST_BACKOFF_NS = SECOND_NS;
  private static final long LAST_BACKOFF_NS = 10 * SECOND_NS;
  private static final long MISBEHAVED_BACKOFF_NS = 30 * SECOND_NS;
  private static final long NEVER = Long.MAX_VALUE;

  private final PeerId self;
  private final long suspectTimeoutNs;
  private final RandomGenerator random;
  private final TreeMap<PeerId, Neighbour> neighbours = new TreeMap<>();
  private int linked;

  /** For the node of this id. */
  public GossipCore(PeerId self, DiscoveryConfig config, RandomGenerator random) {
    this.self = self;
    this.suspectTimeoutNs = config.suspectTimeout().toNanos();
    this.random = random;
  }

  /**
   * A link that was opened, as far as the core needs to know it.
   *
   * @param linkId names it
   * @param dialledHere whether this node dialled
   * @param peerStartMs the peer's start, from the entry it sent first
   */
  public record OpenLink(long linkId, boolean dialledHere, long peerStartMs) {}

  // ---- the catalog tells ----

  /** There is a notice of the peer that is newer than any before: it lived when it signed that. */
  public List<GossipEffect> heardOf(PeerId peer, EntryVersion version, long nowNs) {
    Neighbour it = neighbours.get(peer);
    if (it == null) {
      it = new Neighbour(peer);
      it.dialAtNs = self.compareTo(peer) < 0 ? nowNs : nowNs + POLITE_DELAY_NS;
      neighbours.put(peer, it);
    }
    if (it.version == null || version.compareTo(it.version) > 0) {
      it.version = version;
      it.suspectAtNs = NEVER;
      it.giveUpAtNs = NEVER;
      it.givenUp = false;
    }
    return tick(nowNs);
  }

  /** The peer left, or is forgotten. */
  public List<GossipEffect> forget(PeerId peer, CloseReason reason) {
    Neighbour it = neighbours.remove(peer);
    if (it == null || it.link == null) {
      return List.of();
    }
    linked--;
    return List.of(
        new GossipEffect.NeighbourDown(peer), new GossipEffect.Close(it.link.linkId(), reason));
  }

  // ---- the links tell ----

  /** A link to the peer opened and its first message, the peer's own entry, was accepted. */
  public List<GossipEffect> greeted(PeerId peer, EntryVersion version, OpenLink link, long nowNs) {
    Neighbour it = neighbours.computeIfAbsent(peer, Neighbour::new);
    var effects = new ArrayList<GossipEffect>();
    if (link.dialledHere()) {
      it.dialling = false;
    }
    boolean returned = it.givenUp;
    if (it.link != null) {
      if (!replaces(it, link, nowNs)) {
        effects.add(
            new GossipEffect.Close(
                link.linkId(), CloseReason.CANCELLED.because("there is another link")));
        return effects;
      }
      effects.add(
          new GossipEffect.Close(
              it.link.linkId(), CloseReason.CANCELLED.because("replaced by another link")));
    } else if (linked >= MAX_NEIGHBOURS) {
      effects.add(
          new GossipEffect.Close(
              link.linkId(), CloseReason.CANCELLED.because("enough neighbours")));
      return effects;
    } else {
      linked++;
    }
    it.link = link;
    it.linkedAtNs = nowNs;
    it.failures = 0;
    it.dialAtNs = NEVER;
    it.suspectAtNs = NEVER;
    it.giveUpAtNs = NEVER;
    it.givenUp = false;
    if (it.version == null || version.compareTo(it.version) > 0) {
      it.version = version;
    }
    effects.add(new GossipEffect.NeighbourUp(peer, link.linkId(), returned));
    return effects;
  }

  private boolean replaces(Neighbour it, OpenLink link, long nowNs) {
    OpenLink old = it.openLink();
    if (link.peerStartMs() != old.peerStartMs()) {
      return link.peerStartMs() > old.peerStartMs();
    }
    if (link.dialledHere() == old.dialledHere() || nowNs - it.linkedAtNs > BOTH_DIALLED_NS) {
      return true;
    }
    return link.dialledHere() == self.compareTo(it.peer) < 0;
  }

  /** A dial that the core asked for failed before its link was greeted. */
  public List<GossipEffect> dialFailed(PeerId peer, CloseReason reason, long nowNs) {
    Neighbour it = neighbours.get(peer);
    if (it != null && it.dialling) {
      it.dialling = false;
      if (it.link == null) {
        it.dialAtNs = nowNs + backoff(it, reason);
      }
    }
    return tick(nowNs);
  }

  /** A greeted link is over. */
  public List<GossipEffect> closed(PeerId peer, long linkId, CloseReason reason, long nowNs) {
    Neighbour it = neighbours.get(peer);
    if (it == null || it.link == null || it.link.linkId() != linkId) {
      return List.of();
    }
    it.link = null;
    linked--;
    var effects = new ArrayList<GossipEffect>();
    effects.add(new GossipEffect.NeighbourDown(peer));
    if (reason.is(CloseReason.CONNECTION_LOST) || reason.is(CloseReason.TIMED_OUT)) {
      it.suspectAtNs = nowNs;
      it.dialAtNs = nowNs;
    } else if (reason.is(CloseReason.CANCELLED) || reason.is(CloseReason.GRACEFUL_SHUTDOWN)) {
      // Another link, or the peer's departure, is on its way as a rule.
      it.suspectAtNs = nowNs + REPLACED_GRACE_NS;
      it.dialAtNs = nowNs + REPLACED_GRACE_NS;
    } else {
      it.dialAtNs = nowNs + backoff(it, reason); // it lives, but we don't understand each other
    }
    effects.addAll(tick(nowNs));
    return effects;
  }

  private long backoff(Neighbour it, CloseReason reason) {
    long upToNs = Math.min(LAST_BACKOFF_NS, FIRST_BACKOFF_NS << Math.min(it.failures, 10));
    it.failures++;
    boolean misbehaved =
        reason.is(CloseReason.PROTOCOL_VIOLATION)
            || reason.is(CloseReason.NOT_ADMITTED)
            || reason.is(CloseReason.DIFFERENT_NETWORK)
            || reason.is(CloseReason.INVALID_ALPN);
    long baseNs = misbehaved ? MISBEHAVED_BACKOFF_NS : upToNs;
    return baseNs / 2 + random.nextLong(baseNs / 2 + 1);
  }

  // ---- messages ----

  /** Spreads something about a peer to every neighbour but the one it came from and the peer. */
  public List<GossipEffect> spread(AnnounceMessage.News news, PeerId from) {
    return sendTo(
        neighbours.values().stream()
            .filter(it -> it.link != null)
            .map(it -> it.peer)
            .filter(peer -> !peer.equals(from) && !peer.equals(news.notice().peer()))
            .toList(),
        news);
  }

  /**
   * A neighbour suspects a peer other than this node.
   *
   * @param known the latest version known here, which the question's is not below
   */
  public List<GossipEffect> suspected(
      AnnounceMessage.Suspect question, EntryVersion known, long nowNs) {
    Neighbour it = neighbours.get(question.peer());
    if (it == null || it.givenUp) {
      return List.of();
    }
    if (it.link != null) {
      return sendTo(List.of(it.peer), question);
    }
    it.version = known;
    if (it.suspectAtNs == NEVER && it.giveUpAtNs == NEVER) {
      it.suspectAtNs = nowNs;
      it.dialAtNs = Math.min(it.dialAtNs, nowNs);
    }
    return tick(nowNs);
  }

  private static List<GossipEffect> sendTo(List<PeerId> peers, AnnounceMessage message) {
    return peers.isEmpty() ? List.of() : List.of(new GossipEffect.Send(peers, message));
  }

  // ---- time ----

  /** Does what is due. */
  public List<GossipEffect> tick(long nowNs) {
    List<GossipEffect> effects = new ArrayList<>();
    for (Neighbour it : neighbours.values()) {
      if (it.link != null) {
        continue;
      }
      if (it.suspectAtNs <= nowNs) {
        it.suspectAtNs = NEVER;
        it.giveUpAtNs = nowNs + suspectTimeoutNs;
        ask(it, effects);
      }
      if (it.giveUpAtNs <= nowNs) {
        it.giveUpAtNs = NEVER;
        it.givenUp = true;
        effects.add(new GossipEffect.Demote(it.peer));
      }
      if (it.dialAtNs <= nowNs && !it.dialling && linked < MAX_NEIGHBOURS) {
        it.dialling = true;
        it.dialAtNs = NEVER;
        effects.add(new GossipEffect.Dial(it.peer));
      }
    }
    return effects;
  }

  private void ask(Neighbour suspect, List<GossipEffect> effects) {
    if (suspect.version == null) {
      return;
    }
    List<PeerId> asked =
        neighbours.values().stream().filter(it -> it.link != null).map(it -> it.peer).toList();
    effects.addAll(sendTo(asked, new AnnounceMessage.Suspect(suspect.peer, suspect.version)));
  }

  /** When {@link #tick} is due next, or {@link Long#MAX_VALUE}. */
  public long nextTickNs() {
    long next = NEVER;
    for (Neighbour it : neighbours.values()) {
      if (it.link == null) {
        next = Math.min(next, Math.min(it.suspectAtNs, it.giveUpAtNs));
        if (!it.dialling && linked < MAX_NEIGHBOURS) {
          next = Math.min(next, it.dialAtNs);
        }
      }
    }
    return next;
  }

  /** The peers that are linked, ordered by id. */
  public List<PeerId> linkedPeers() {
    return neighbours.values().stream().filter(it -> it.link != null).map(it -> it.peer).toList();
  }
}

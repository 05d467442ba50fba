package io.mosaik.discovery.worker;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.Notice;
import io.mosaik.discovery.gossip.AnnounceMessage;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.transport.Links;
import io.mosaik.transport.PeerAddress;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The announce links of a node, all of them on the worker's strand. */
final class AnnounceLinks {

  private static final Duration GREETING_DEADLINE = Duration.ofSeconds(5);
  private static final long MAX_UNSENT_BYTES = 4L * 1024 * 1024;

  private final Links links;
  private final Strand strand;
  private final Owner owner;
  private final TreeMap<Long, AnnounceLink> all = new TreeMap<>();
  private final TreeMap<PeerId, AnnounceLink> neighbours = new TreeMap<>();
  private long lastId;
  private boolean closed;

  /** Who decides what becomes of the links and their messages. */
  interface Owner {

    /** This node's entry, the first message of each link. */
    Notice ownEntry();

    /**
     * The peer's first message.
     *
     * @return null if the peer is welcome, else the reason to close with
     * @throws MalformedException if it can't be the peer's entry
     */
    @Nullable CloseReason greeted(AnnounceLink link, Notice entry);

    /** A message after the first. */
    void received(PeerId from, AnnounceMessage message);

    /** A link that was greeted is over. */
    void closed(AnnounceLink link, CloseReason reason);

    /** A link that was dialled for a peer is over, and wasn't greeted. */
    void dialFailed(PeerId peer, CloseReason reason);
  }

  AnnounceLinks(Links links, Strand strand, Owner owner) {
    this.links = links;
    this.strand = strand;
    this.owner = owner;
  }

  void listen() {
    links.listen(
        AnnounceMessage.PROTOCOL,
        strand,
        link -> {
          var handler = new AnnounceLink(++lastId, null);
          handler.begin(link);
          return handler;
        });
  }

  /**
   * Dials.
   *
   * @param wantedBy the peer that the gossip wants, or null if someone else dials
   * @return completes when the peer's entry was accepted
   */
  CompletableFuture<PeerId> dial(PeerAddress to, @Nullable PeerId wantedBy) {
    var handler = new AnnounceLink(++lastId, wantedBy);
    handler.begin(links.dial(to, AnnounceMessage.PROTOCOL, strand, handler));
    return handler.met;
  }

  /** From now on messages to the peer go over this link. */
  void use(PeerId peer, long linkId) {
    AnnounceLink link = all.get(linkId);
    if (link != null) {
      neighbours.put(peer, link);
    }
  }

  void stopUsing(PeerId peer) {
    neighbours.remove(peer);
  }

  void close(long linkId, CloseReason reason) {
    AnnounceLink link = all.get(linkId);
    if (link != null) {
      link.close(reason);
    }
  }

  /** Sends to each of the peers that is a neighbour; encodes once. */
  void send(List<PeerId> to, AnnounceMessage message) {
    Frame frame = null;
    for (PeerId peer : to) {
      AnnounceLink link = neighbours.get(peer);
      if (link != null) {
        if (frame == null) {
          frame = new BinaryWriter().value(message, AnnounceMessage.PROTOCOL.codec()).toFrame();
        }
        link.send(frame);
      }
    }
  }

  /** The link to a neighbour, or null. */
  @Nullable AnnounceLink get(PeerId peer) {
    return neighbours.get(peer);
  }

  boolean isEmpty() {
    return neighbours.isEmpty();
  }

  void closeAll(CloseReason reason) {
    closed = true;
    List.copyOf(all.values()).forEach(link -> link.close(reason));
  }

  /** One link: waits for the peer's entry, then hands messages on. */
  final class AnnounceLink implements LinkHandler<AnnounceMessage> {

    private final long id;
    private final @Nullable PeerId wantedBy;
    private final CompletableFuture<PeerId> met = new CompletableFuture<>();
    private @Nullable Link<AnnounceMessage> link;
    private @Nullable Timer deadline;
    private @Nullable EntryVersion sentSelf;
    private boolean greeted;

    private AnnounceLink(long id, @Nullable PeerId wantedBy) {
      this.id = id;
      this.wantedBy = wantedBy;
    }

    private void begin(Link<AnnounceMessage> with) {
      link = with;
      all.put(id, this);
      sendSelf();
    }

    long id() {
      return id;
    }

    Link<AnnounceMessage> link() {
      if (link == null) {
        throw new IllegalStateException("the link has not begun");
      }
      return link;
    }

    /** Whether the gossip asked for it, rather than the bootstrap or a user. */
    boolean isWanted() {
      return wantedBy != null;
    }

    PeerId peer() {
      return link().remotePeer();
    }

    /** Sends this node's entry, unless this very version was sent before. */
    void sendSelf() {
      Notice self = owner.ownEntry();
      if (!self.version().equals(sentSelf)) {
        sentSelf = self.version();
        link().send(new AnnounceMessage.News(self));
      }
    }

    private void send(Frame frame) {
      if (link().unsentBytes() > MAX_UNSENT_BYTES) {
        close(CloseReason.CANCELLED.because("too slow")); // it catches up by a catalog sync
        return;
      }
      link().send(frame);
    }

    void close(CloseReason reason) {
      link().close(reason);
    }

    @Override
    public void opened(Link<AnnounceMessage> of) {
      deadline =
          strand.schedule(
              GREETING_DEADLINE,
              () -> of.close(CloseReason.PROTOCOL_VIOLATION.because("no entry came")));
      if (closed) {
        of.close(CloseReason.GRACEFUL_SHUTDOWN);
      }
    }

    @Override
    public void received(Link<AnnounceMessage> of, AnnounceMessage message, int wireBytes) {
      if (closed) {
        return;
      }
      if (greeted) {
        owner.received(of.remotePeer(), message);
        return;
      }
      if (of.remotePeer().equals(links.peerId())) {
        met.complete(of.remotePeer());
      }
      if (!(message instanceof AnnounceMessage.News(Notice entry))
          || entry.kind() != Notice.Kind.ENTRY
          || !entry.peer().equals(of.remotePeer())) {
        throw new MalformedException("the first message is not the peer's entry");
      }
      if (deadline != null) {
        deadline.cancel();
      }
      greeted = true;
      CloseReason refused = owner.greeted(this, entry);
      if (refused != null) {
        greeted = false;
        of.close(refused);
        return;
      }
      met.complete(of.remotePeer());
    }

    @Override
    public void closed(Link<AnnounceMessage> of, CloseReason reason) {
      all.remove(id);
      if (deadline != null) {
        deadline.cancel();
      }
      if (closed) {
        met.completeExceptionally(new IllegalStateException("this node is leaving"));
        return;
      }
      if (greeted) {
        if (neighbours.get(of.remotePeer()) == this) {
          neighbours.remove(of.remotePeer());
        }
        owner.closed(this, reason);
      } else {
        met.completeExceptionally(new IllegalStateException("no peer was met: " + reason));
        if (wantedBy != null) {
          owner.dialFailed(wantedBy, reason);
        }
      }
    }
  }
}

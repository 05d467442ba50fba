package io.mosaik.streams.flow;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.transport.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer does about each producer of its stream: whom it dials, when again after a close,
 * and whom it lets go. Each method takes what happened and returns what is to be done.
 *
 * <p>A close is answered by its code. Who does not know us (401) is synced with and tried again at
 * once. Where trying again can't help until something changes (not allowed, not found, shut down,
 * another network, misunderstood, criteria that its type can't answer) we wait for the producer's
 * next entry, or, where it judged us, for our own. Everything else is tried again after a growing
 * wait, which starts afresh once a subscription has carried data, and when the producer comes back
 * under another start or address.
 */
public final class SubscriptionPlan {

  /** How many producers are dialled side by side. */
  static final int MAX_DIALS = 64;

  /** How long a dial with the producer's answer to it may take, and how long a sync. */
  static final Duration CONNECT_DEADLINE = Duration.ofSeconds(15);

  /** What is to be done. */
  public sealed interface Effect {

    /** Dial the producer and ask for the stream. */
    record Dial(PeerEntry producer) implements Effect {}

    /** Close the link to the producer. */
    record Close(PeerId producer, CloseReason reason) implements Effect {}

    /** Exchange catalogs with the producer, and report by {@link #synced}. */
    record Sync(PeerEntry producer) implements Effect {}

    /** Call {@link #tick} at this time; replaces an earlier request. */
    record WakeAt(long timeNs) implements Effect {}
  }

  /** How far a subscription is. */
  public enum State {
    /** To be dialled as soon as fewer dials are under way. */
    READY,
    /** Dialled; the producer has not accepted yet. */
    CONNECTING,
    /** Accepted. */
    CONNECTED,
    /** Its link was closed by us; the confirmation is on its way. */
    LEAVING,
    /** Catalogs are being exchanged. */
    SYNCING,
    /** To be dialled when its time has come. */
    BACKING_OFF,
    /** To be dialled when its entry has changed. */
    WAITING
  }

  private final Backoff backoff;
  private final RandomGenerator random;
  private final SortedMap<PeerId, Target> targets = new TreeMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private int dials;
  private long selfChanges;
  private boolean closed;
  private long wakeAtNs = Long.MAX_VALUE;

  /** With the waits between tries, and the randomness that spreads them. */
  public SubscriptionPlan(Backoff backoff, RandomGenerator random) {
    this.backoff = backoff;
    this.random = random;
  }

  /** The catalog has this entry of a producer of the stream; whether we want to subscribe to it. */
  public List<Effect> candidate(PeerEntry entry, boolean wanted, long nowNs) {
    Target target = targets.get(entry.peerId());
    if (target == null) {
      if (wanted && !closed) {
        targets.put(entry.peerId(), new Target(entry));
      }
    } else {
      PeerEntry previous = target.entry;
      target.entry = entry;
      target.wanted = wanted;
      if (!wanted) {
        letGo(target);
      } else if (comesBack(target, previous)) {
        target.failures = 0;
        enter(target, State.READY);
      }
    }
    return conclude(nowNs);
  }

  /** The catalog no longer names the peer as a producer of the stream; a link may live on. */
  public List<Effect> gone(PeerId producer, long nowNs) {
    Target target = targets.get(producer);
    if (target != null) {
      target.wanted = false;
      if (!hasLink(target)) {
        targets.remove(producer);
      }
    }
    return conclude(nowNs);
  }

  /**
   * Our own entry has changed: who did not allow us may do so now, and who is about to say so has
   * judged what it was.
   */
  public List<Effect> selfChanged(long nowNs) {
    selfChanges++;
    for (Target target : targets.values()) {
      if (target.state == State.WAITING && target.judged) {
        enter(target, State.READY);
      }
    }
    return conclude(nowNs);
  }

  /** The producer has accepted. */
  public List<Effect> connected(PeerId producer, long nowNs) {
    Target target = targets.get(producer);
    if (target != null && target.state == State.CONNECTING) {
      enter(target, State.CONNECTED);
    }
    return conclude(nowNs);
  }

  /** Data has come from the producer. */
  public void carried(PeerId producer) {
    Target target = targets.get(producer);
    if (target != null) {
      target.failures = 0;
    }
  }

  /** The link to the producer is over. */
  public List<Effect> closed(PeerId producer, CloseReason reason, long nowNs) {
    Target target = targets.get(producer);
    if (target != null && hasLink(target)) {
      State before = target.state;
      if (!target.wanted || closed) {
        enter(target, State.WAITING);
        targets.remove(producer);
      } else if (before == State.LEAVING) {
        enter(target, State.READY);
      } else {
        react(target, before, reason, nowNs);
      }
    }
    return conclude(nowNs);
  }

  /** The exchange of catalogs with the producer is over. */
  public List<Effect> synced(PeerId producer, boolean success, long nowNs) {
    Target target = targets.get(producer);
    if (target != null && target.state == State.SYNCING) {
      if (success && target.failures == 1) {
        enter(target, State.READY);
      } else {
        backOff(target, nowNs);
      }
    }
    return conclude(nowNs);
  }

  /** Time has passed. */
  public List<Effect> tick(long nowNs) {
    wakeAtNs = Long.MAX_VALUE;
    for (Target target : targets.values()) {
      if (target.state == State.BACKING_OFF && target.untilNs - nowNs <= 0) {
        enter(target, State.READY);
      } else if (target.state == State.CONNECTING && target.untilNs - nowNs <= 0) {
        effects.add(new Effect.Close(target.entry.peerId(), CloseReason.TIMED_OUT));
        target.untilNs = nowNs + CONNECT_DEADLINE.toNanos();
      } else if (target.state == State.SYNCING && target.untilNs - nowNs <= 0) {
        backOff(target, nowNs);
      }
    }
    return conclude(nowNs);
  }

  /** The consumer is closed: lets go of all. */
  public List<Effect> close(long nowNs) {
    closed = true;
    for (Target target : targets.values()) {
      letGo(target);
    }
    return conclude(nowNs);
  }

  /** How far the subscription to a producer is, or null if there is none. */
  public @Nullable State state(PeerId producer) {
    Target target = targets.get(producer);
    return target == null ? null : target.state;
  }

  /** How the subscription to a producer is, for who chooses between several. */
  public Choice.Health health(PeerId producer) {
    Target target = targets.get(producer);
    if (target == null) {
      return Choice.Health.PENDING;
    }
    return switch (target.state) {
      case CONNECTED -> Choice.Health.LIVE;
      case SYNCING, BACKING_OFF, WAITING -> Choice.Health.FAILING;
      case READY, CONNECTING, LEAVING ->
          target.failures > 0 ? Choice.Health.FAILING : Choice.Health.PENDING;
    };
  }

  /** The last entry of a producer that was known, or null if there is nothing to say of it. */
  public @Nullable PeerEntry entry(PeerId producer) {
    Target target = targets.get(producer);
    return target == null ? null : target.entry;
  }

  /** The producers there is something to say of, in the order of their ids. */
  public SortedMap<PeerId, State> states() {
    var states = new TreeMap<PeerId, State>();
    targets.forEach((peer, target) -> states.put(peer, target.state));
    return states;
  }

  private void react(Target target, State before, CloseReason reason, long nowNs) {
    if (reason.is(CloseReason.UNKNOWN_PEER)) {
      target.failures++;
      enter(target, State.SYNCING);
      target.untilNs = nowNs + CONNECT_DEADLINE.toNanos();
      effects.add(new Effect.Sync(target.entry));
    } else if (waitsForChange(reason)) {
      target.judged = reason.is(StreamCloseReasons.NOT_ALLOWED);
      enter(target, State.WAITING);
      if (before == State.CONNECTED) {
        target.dialled = target.entry.version();
      } else if (target.isNewerThanDialled()
          || (target.judged && target.selfChangesAtDial != selfChanges)) {
        enter(target, State.READY);
      }
    } else {
      target.failures++;
      backOff(target, nowNs);
    }
  }

  private static boolean waitsForChange(CloseReason reason) {
    return reason.is(StreamCloseReasons.NOT_ALLOWED)
        || reason.is(StreamCloseReasons.NOT_FOUND)
        || reason.is(StreamCloseReasons.BAD_CRITERIA)
        || reason.is(CloseReason.GRACEFUL_SHUTDOWN)
        || reason.is(CloseReason.DIFFERENT_NETWORK)
        || reason.is(CloseReason.PROTOCOL_VIOLATION)
        || reason.is(CloseReason.INVALID_ALPN)
        || reason.is(CloseReason.NOT_ADMITTED);
  }

  private static boolean comesBack(Target target, PeerEntry previous) {
    return switch (target.state) {
      case WAITING -> target.isNewerThanDialled();
      case BACKING_OFF ->
          target.entry.version().startMs() != previous.version().startMs()
              || !target.entry.addresses().equals(previous.addresses());
      default -> false;
    };
  }

  private void letGo(Target target) {
    target.wanted = false;
    if (target.state == State.CONNECTING || target.state == State.CONNECTED) {
      enter(target, State.LEAVING);
      effects.add(new Effect.Close(target.entry.peerId(), CloseReason.CANCELLED));
    }
  }

  private void backOff(Target target, long nowNs) {
    target.untilNs = nowNs + backoff.delayNs(Math.max(1, target.failures), random);
    enter(target, State.BACKING_OFF);
  }

  private static boolean hasLink(Target target) {
    return target.state == State.CONNECTING
        || target.state == State.CONNECTED
        || target.state == State.LEAVING;
  }

  private void enter(Target target, State next) {
    if (target.state == State.CONNECTING) {
      dials--;
    }
    if (next == State.CONNECTING) {
      dials++;
    }
    target.state = next;
  }

  /** Forgets who is neither wanted nor linked, dials who is ready, and asks to be woken. */
  private List<Effect> conclude(long nowNs) {
    targets.values().removeIf(target -> !target.wanted && !hasLink(target));
    long earliestNs = Long.MAX_VALUE;
    for (Target target : targets.values()) {
      if (target.state == State.READY && dials < MAX_DIALS && !target.entry.addresses().isEmpty()) {
        target.dialled = target.entry.version();
        target.selfChangesAtDial = selfChanges;
        target.untilNs = nowNs + CONNECT_DEADLINE.toNanos();
        enter(target, State.CONNECTING);
        effects.add(new Effect.Dial(target.entry));
      }
      if (target.isTimed()) {
        earliestNs = Math.min(earliestNs, target.untilNs);
      }
    }
    if (earliestNs < wakeAtNs) {
      wakeAtNs = earliestNs;
      effects.add(new Effect.WakeAt(earliestNs));
    }
    var result = List.copyOf(effects);
    effects.clear();
    return result;
  }

  /** What is known of one producer. */
  private static final class Target {

    private PeerEntry entry;
    private boolean wanted = true;
    private State state = State.READY;
    private EntryVersion dialled;
    private int failures;
    private long untilNs;
    private boolean judged;
    private long selfChangesAtDial;

    Target(PeerEntry entry) {
      this.entry = entry;
      this.dialled = entry.version();
    }

    boolean isTimed() {
      return state == State.CONNECTING || state == State.SYNCING || state == State.BACKING_OFF;
    }

    boolean isNewerThanDialled() {
      return entry.version().compareTo(dialled) > 0;
    }
  }
}

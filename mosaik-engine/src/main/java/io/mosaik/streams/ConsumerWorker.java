package io.mosaik.streams;

import io.mosaik.discovery.Discovery;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import io.mosaik.runtime.WatchSource;
import io.mosaik.streams.flow.ReceiveWindow;
import io.mosaik.streams.flow.SubscriptionPlan;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCodec;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Links;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One consumer at work, whatever its type: tells its {@link SubscriptionPlan} what happens in the
 * catalog and on its links, does what the plan says, and puts what comes into the hand-over.
 * Predicates run on the strand of users' code; everything else on the consumer's strand.
 */
final class ConsumerWorker {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerWorker.class);

  /** Of how many producers the account is kept while there is nothing to subscribe to. */
  private static final int MAX_REMEMBERED = 1024;

  /** How many producers a line of the log names. */
  private static final int MAX_NAMED = 5;

  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);

  private final Platform platform;
  private final Links links;
  private final Discovery discovery;
  private final ConsumerSettings settings;
  private final Strand strand;
  private final Strand userStrand;
  private final HandOver handOver;
  private final StreamCounters counters;
  private final Conditions conditions;
  private final SubscriptionPlan plan;
  private final Candidates candidates;
  private final long consumerId;

  /** Those asked longest ago first. */
  private final Map<PeerId, ProducerSource> sources = new LinkedHashMap<>(16, 0.75f, true);

  private final WatchSource<List<SubscriptionRecord>> shown = new WatchSource<>(List.of());
  private final Map<PeerId, PeerEntry> connected = new LinkedHashMap<>();
  private final List<Cancellation> observations = new ArrayList<>();
  private final Repeats repeats = new Repeats();
  private final Refusals refusals = new Refusals();
  private final Loneliness loneliness;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile Map<Unwanted, Integer> unwanted;
  private @Nullable PeerEntry self;
  private @Nullable Timer alarm;

  ConsumerWorker(
      Platform platform,
      Links links,
      Discovery discovery,
      ConsumerSettings settings,
      HandOver handOver,
      StreamCounters counters) {
    this.platform = platform;
    this.links = links;
    this.discovery = discovery;
    this.settings = settings;
    this.handOver = handOver;
    this.counters = counters;
    String name = "consumer " + settings.stream();
    strand = platform.newStrand(name);
    userStrand = platform.newUserStrand(name + ", conditions");
    conditions =
        new Conditions(
            platform,
            name,
            userStrand,
            discovery,
            settings.online(),
            () -> new ConsumerClosedException("the consumer of stream " + stream() + " is closed"));
    plan = new SubscriptionPlan(settings.backoff(), platform.newRandom());
    candidates =
        new Candidates(
            platform,
            strand,
            userStrand,
            discovery,
            settings,
            plan::health,
            (entry, wanted) -> act(plan.candidate(entry, wanted, nowNs())),
            this::renounce);
    unwanted = candidates.unwanted();
    consumerId = RandomIds.next(platform);
    loneliness = new Loneliness(strand, this::tellThatNobodyProduces);
  }

  /** Begins to look for producers. */
  void start() {
    strand.execute(() -> {
      loneliness.subscriptions(0);
      observations.add(discovery.onEvent(userStrand, event -> look(event.entry().peerId())));
      observations.add(discovery.self().observe(strand, this::selfChanged));
      userStrand.execute(
          () -> discovery.catalog().get().peers().forEach(entry -> look(entry.peerId())));
      if (candidates.isTimed()) {
        strand.schedule(Distances.INTERVAL, this::tick);
      }
    });
  }

  StreamName stream() {
    return settings.stream();
  }

  Strand strand() {
    return strand;
  }

  Conditions conditions() {
    return conditions;
  }

  List<SubscriptionInfo> producers() {
    long nowNs = platform.clock().nanoTime();
    return shown.get().stream().map(record -> record.toInfo(nowNs, discovery)).toList();
  }

  Map<Refusal, Long> refusals() {
    return refusals.toMap();
  }

  Map<Unwanted, Integer> unwanted() {
    return unwanted;
  }

  boolean isClosing() {
    return closing.get();
  }

  /** Ends all subscriptions; completes when the producers were told, after 2 s in any case. */
  CompletableFuture<Void> close() {
    if (closing.compareAndSet(false, true)) {
      handOver.wakeAll();
      strand.execute(() -> {
        loneliness.stop();
        candidates.close();
        observations.forEach(Cancellation::cancel);
        strand.schedule(CLOSE_DEADLINE, this::end);
        act(plan.close(nowNs()));
        endIfAlone();
      });
    }
    return ended;
  }

  // ---- on the strand of users' code ----

  /** The peer's entry may have changed. */
  private void look(PeerId peer) {
    PeerEntry entry = discovery.catalog().get().get(peer);
    if (entry == null || !entry.streams().contains(stream().id())) {
      strand.execute(() -> {
        candidates.gone(peer);
        act(plan.gone(peer, nowNs()));
        candidates.choose();
      });
      return;
    }
    Candidates.Verdict verdict = candidates.judge(entry);
    strand.execute(() -> {
      connected.computeIfPresent(peer, (same, older) -> entry);
      candidates.judged(entry, verdict);
    });
    conditions.entryChanged(peer);
  }

  // ---- on the strand ----

  /** Times go by, and round-trip times change. */
  private void tick() {
    if (!closing.get()) {
      candidates.tick(
          List.copyOf(connected.keySet()),
          peer -> {
            ProducerSource source = sources.get(peer);
            return source == null ? null : source.rtt();
          });
      strand.schedule(Distances.INTERVAL, this::tick);
    }
  }

  private void selfChanged(PeerEntry now) {
    PeerEntry before = self;
    self = now;
    if (before != null
        && !(before.tags().equals(now.tags())
            && before.tickets().equals(now.tickets())
            && before.streams().equals(now.streams())
            && before.groups().equals(now.groups())
            && before.stores().equals(now.stores()))) {
      act(plan.selfChanged(nowNs()));
    }
  }

  void accepted(ProducerSource source, long missed) {
    if (missed != 0) {
      boolean known = missed != ReceiveWindow.UNKNOWN;
      passGap(source, new Gap(source.peer(), Math.max(0, missed), known));
      tellMissed(source.peer(), known ? Long.toString(missed) : "an unknown number of");
    }
    PeerEntry entry = plan.entry(source.peer());
    if (entry != null) {
      connected.put(source.peer(), entry);
    }
    source.record().connected(nowNs());
    act(plan.connected(source.peer(), nowNs()));
    candidates.choose();
  }

  private void tellMissed(PeerId producer, String datums) {
    long times = repeats.happened(producer, nowNs());
    if (times > 0) {
      LOG.info(
          "Stream {}: {} datums of {} were missed while it was not connected{}",
          stream(),
          datums,
          producer.toShortString(),
          times == 1 ? "" : "; " + times + " interruptions since this was told");
    }
  }

  /** The state came that the producer's next datums go on from. */
  void state(ProducerSource source, byte[] state) {
    source.state(handOver.add(source, state, source.state()));
  }

  /** What came of a producer can't be gone on from: asks for its state again. */
  void startOver(PeerId producer) {
    strand.execute(() -> {
      ProducerSource source = sources.get(producer);
      if (source != null) {
        source.doubtful(true);
        source.startOver();
      }
    });
  }

  /** A view goes on from what came of a producer: the waits before it is dialled start afresh. */
  void goesOn(PeerId producer) {
    strand.execute(() -> {
      ProducerSource source = sources.get(producer);
      if (source != null) {
        source.doubtful(false);
        plan.carried(producer);
      }
    });
  }

  void received(ProducerSource source, DatumBatch batch, long bytes, long missed) {
    counters.carried(batch.count(), bytes);
    if (missed > 0) {
      passGap(source, new Gap(source.peer(), missed, true));
      if (settings.fold() != null) {
        source.passOver(batch.count(), bytes);
        source.startOver();
        return;
      }
    }
    if (!source.isDoubtful()) {
      plan.carried(source.peer());
    }
    handOver.add(source, batch);
    source.lastGap(null);
  }

  private void passGap(ProducerSource source, Gap gap) {
    counters.gap(gap.missed());
    source.lastGap(handOver.add(gap, source.lastGap()));
  }

  /** Takes back what waits of the present link of a source: others get it. */
  HandOver.Revoked revoke(ProducerSource source) {
    return handOver.revoke(source);
  }

  void closed(ProducerSource source, CloseReason reason) {
    Refusal refusal = Refusal.of(reason);
    if (refusal != null) {
      refusals.count(refusal);
    }
    LOG.atLevel(refusal != null && source.isNews(reason) ? Level.INFO : Level.DEBUG)
        .log(
            "Stream {}: the subscription to {} ended, {}",
            stream(),
            source.peer().toShortString(),
            reason);
    connected.remove(source.peer());
    act(plan.closed(source.peer(), reason, nowNs()));
    candidates.choose();
    endIfAlone();
  }

  /** What came of the producer has no sequel, whether there is a link to it or not. */
  private void renounce(PeerId producer) {
    ProducerSource source = sources.get(producer);
    if (source != null && source.leave() && settings.fold() != null) {
      source.state(handOver.add(source, null, source.state()));
    }
  }

  private void act(List<SubscriptionPlan.Effect> effects) {
    for (SubscriptionPlan.Effect effect : effects) {
      switch (effect) {
        case SubscriptionPlan.Effect.Dial(var producer) -> dial(producer);
        case SubscriptionPlan.Effect.Close(var producer, var reason) -> {
          ProducerSource source = sources.get(producer);
          if (source != null) {
            source.close(reason);
          }
        }
        case SubscriptionPlan.Effect.Sync(var producer) -> sync(producer);
        case SubscriptionPlan.Effect.WakeAt(var timeNs) -> wakeAt(timeNs);
      }
    }
    publish();
  }

  private void dial(PeerEntry producer) {
    ProducerSource source =
        sources.computeIfAbsent(
            producer.peerId(),
            peer ->
                new ProducerSource(
                    peer,
                    this,
                    settings.bufferSize(),
                    settings.shareGroup() != null,
                    settings.fold()));
    StreamMessage.Credit credit = source.begin();
    var link = links.dial(producer.address(), StreamCodec.PROTOCOL, strand, source);
    source.link(link);
    link.send(
        new StreamMessage.Subscribe(
            stream().id(),
            consumerId,
            discovery.self().get().version(),
            credit,
            settings.criteria(),
            settings.shareGroup() == null
                ? source.from(settings.from(), settings.resume())
                : StreamMessage.From.NOW,
            settings.shareGroup(),
            settings.fold() == null ? null : settings.fold().id()));
    if (sources.size() > MAX_REMEMBERED) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    var each = sources.values().iterator();
    while (each.hasNext() && sources.size() > MAX_REMEMBERED) {
      ProducerSource source = each.next();
      if (source.isIdle() && plan.state(source.peer()) == null) {
        each.remove();
      }
    }
  }

  private void sync(PeerEntry producer) {
    var unused =
        discovery
            .syncWith(producer.address())
            .whenComplete((nothing, error) ->
                strand.execute(() -> act(plan.synced(producer.peerId(), error == null, nowNs()))));
  }

  private void wakeAt(long timeNs) {
    if (alarm != null) {
      alarm.cancel();
    }
    Duration delay = Duration.ofNanos(Math.max(0, timeNs - nowNs()));
    alarm = strand.schedule(delay, () -> act(plan.tick(nowNs())));
  }

  private void publish() {
    var records = new ArrayList<SubscriptionRecord>();
    plan.states()
        .forEach((peer, state) -> {
          ProducerSource source = sources.get(peer);
          SubscriptionRecord record =
              source == null ? new SubscriptionRecord(peer, () -> 0) : source.record();
          record.state(
              switch (state) {
                case CONNECTED -> SubscriptionInfo.State.CONNECTED;
                case READY, CONNECTING, SYNCING -> SubscriptionInfo.State.CONNECTING;
                case BACKING_OFF, WAITING, LEAVING -> SubscriptionInfo.State.BACKING_OFF;
              });
          records.add(record);
        });
    shown.set(List.copyOf(records));
    unwanted = candidates.unwanted();
    if (!closing.get()) {
      loneliness.subscriptions(connected.size());
    }
    conditions.connected(List.copyOf(connected.values()));
  }

  private void tellThatNobodyProduces() {
    LOG.warn("Stream {}: this node's consumer hears nobody: {}", stream(), whyNobody());
  }

  private String whyNobody() {
    if (!shown.get().isEmpty()) {
      return shown.get().stream()
          .limit(MAX_NAMED)
          .map(record -> {
            CloseReason last = record.lastClose();
            return record.peer().toShortString() + ": " + (last == null ? "no answer yet" : last);
          })
          .collect(Collectors.joining("; ", shown.get().size() + " produce it. ", ""));
    }
    int left = unwanted.values().stream().mapToInt(Integer::intValue).sum();
    if (left > 0) {
      return "none of the "
          + left
          + " that produce it satisfies what the consumer requires: "
          + unwanted.entrySet().stream()
              .filter(each -> each.getValue() > 0)
              .map(each -> each.getValue() + " by " + each.getKey().setting())
              .collect(Collectors.joining(", "));
    }
    return "none of the "
        + discovery.catalog().get().size()
        + " known peers produces a stream of this name";
  }

  private void endIfAlone() {
    if (closing.get() && plan.states().isEmpty()) {
      end();
    }
  }

  private void end() {
    if (!ended.isDone()) {
      conditions.close();
      ended.complete(null);
    }
  }

  private long nowNs() {
    return platform.clock().nanoTime();
  }
}

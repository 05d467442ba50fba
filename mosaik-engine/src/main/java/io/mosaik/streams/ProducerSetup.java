package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.StreamId;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a producer. */
final class ProducerSetup<T> implements ProducerBuilder<T> {

  static final int DEFAULT_BUFFER = 1024;
  private static final long DEFAULT_BUFFER_BYTES = 64L * 1024 * 1024;

  private final StreamsModule module;
  private final Class<T> type;
  private final List<Predicate<? super PeerEntry>> required = new ArrayList<>();
  private final List<TicketValidator> tickets = new ArrayList<>();
  private @Nullable Duration rttBelow;
  private @Nullable StreamName stream;
  private @Nullable Codec<T> codec;
  private int maxConsumers = Integer.MAX_VALUE;
  private int bufferSize = DEFAULT_BUFFER;
  private long bufferBytes = DEFAULT_BUFFER_BYTES;
  private SlowConsumerPolicy slowConsumers = SlowConsumerPolicy.DISCONNECT;
  private EgressLimit egress = EgressLimit.NONE;
  private EgressLimit egressPerConsumer = EgressLimit.NONE;
  private Replay replay = Replay.NONE;
  private final List<Fold<?, ?>> folds = new ArrayList<>();
  private @Nullable Consumer<Object> undelivered;
  private ConditionSpec online = ConditionSpec.ANY;

  ProducerSetup(StreamsModule module, Class<T> type) {
    this.module = module;
    this.type = Objects.requireNonNull(type);
  }

  @Override
  public ProducerBuilder<T> stream(StreamId id) {
    stream = StreamName.of(id);
    return this;
  }

  @Override
  public ProducerBuilder<T> codec(Codec<T> encoding) {
    codec = Objects.requireNonNull(encoding);
    return this;
  }

  @Override
  public ProducerBuilder<T> requireConsumer(Predicate<? super PeerEntry> predicate) {
    required.add(Predicates.guarded(predicate));
    return this;
  }

  @Override
  public ProducerBuilder<T> requireTicket(TicketValidator validator) {
    tickets.add(Objects.requireNonNull(validator));
    return this;
  }

  @Override
  public ProducerBuilder<T> rttBelow(Duration bound) {
    rttBelow = checkedRtt(bound);
    return this;
  }

  static Duration checkedRtt(Duration bound) {
    if (bound.isNegative() || bound.isZero()) {
      throw new IllegalArgumentException("a round trip takes time, it can't be below " + bound);
    }
    return bound;
  }

  @Override
  public ProducerBuilder<T> maxConsumers(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at most " + most + " consumers; give 1 or more");
    }
    maxConsumers = most;
    return this;
  }

  @Override
  public ProducerBuilder<T> bufferSize(int datums) {
    bufferSize = checkedBuffer(datums);
    return this;
  }

  static int checkedBuffer(int datums) {
    if (datums < 1 || datums > 1 << 20) {
      throw new IllegalArgumentException(
          "a buffer of " + datums + " datums; give 1 to " + (1 << 20));
    }
    return datums;
  }

  @Override
  public ProducerBuilder<T> bufferBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes; give 1 or more");
    }
    bufferBytes = bytes;
    return this;
  }

  @Override
  public ProducerBuilder<T> slowConsumers(SlowConsumerPolicy policy) {
    slowConsumers = Objects.requireNonNull(policy);
    return this;
  }

  @Override
  public ProducerBuilder<T> egressLimit(EgressLimit limit) {
    egress = Objects.requireNonNull(limit);
    return this;
  }

  @Override
  public ProducerBuilder<T> egressLimitPerConsumer(EgressLimit limit) {
    egressPerConsumer = Objects.requireNonNull(limit);
    return this;
  }

  @Override
  public ProducerBuilder<T> replay(Replay past) {
    replay = Objects.requireNonNull(past);
    return this;
  }

  @Override
  public ProducerBuilder<T> fold(Fold<T, ?> fold) {
    if (folds.stream().anyMatch(other -> other.name().equals(fold.name()))) {
      throw new IllegalArgumentException("there is a fold '" + fold.name() + "' already");
    }
    folds.add(fold);
    return this;
  }

  @Override
  public ProducerBuilder<T> undelivered(Consumer<? super T> sink) {
    Objects.requireNonNull(sink);
    undelivered = datum -> sink.accept(type.cast(datum));
    return this;
  }

  @Override
  public ProducerBuilder<T> onlineWhen(UnaryOperator<SubscriptionCondition> condition) {
    online = ConditionSpec.from(condition);
    return this;
  }

  @Override
  public Producer<T> build() {
    StreamsModule.Made<T> made = make();
    if (!made.isNew()) {
      throw new ProducerExistsException(made.producer());
    }
    return made.producer();
  }

  /** The producer of the stream, whether it was there or not. */
  Producer<T> buildOrGet() {
    return make().producer();
  }

  private StreamsModule.Made<T> make() {
    return module.producer(
        type,
        codec == null ? Codecs.cbor(type) : codec,
        undelivered,
        new ProducerSettings(
            stream == null ? StreamName.of(type) : stream,
            List.copyOf(required),
            new TicketRequirement(tickets),
            rttBelow,
            maxConsumers,
            bufferSize,
            bufferBytes,
            slowConsumers,
            egress,
            egressPerConsumer,
            replay,
            List.copyOf(folds),
            online));
  }
}

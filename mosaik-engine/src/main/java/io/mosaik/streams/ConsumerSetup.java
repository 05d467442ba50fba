package io.mosaik.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.StreamId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.criteria.CriteriaCompiler;
import io.mosaik.streams.flow.Backoff;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a consumer. */
final class ConsumerSetup<T> implements ConsumerBuilder<T> {

  private final StreamsModule module;
  private final Class<T> type;
  private final List<Predicate<? super PeerEntry>> wanted = new ArrayList<>();
  private final List<TicketValidator> tickets = new ArrayList<>();
  private @Nullable Duration rttBelow;
  private @Nullable String shareGroup;
  private @Nullable StreamName stream;
  private @Nullable Codec<T> codec;
  private @Nullable Criteria criteria;
  private @Nullable Preference preference;
  private int bufferSize = ProducerSetup.DEFAULT_BUFFER;
  private Backoff backoff = Backoff.DEFAULT;
  private Start from = Start.NOW;
  private boolean resume = true;
  private java.util.function.Consumer<? super Undecodable> undecodable = datum -> {};
  private ConditionSpec online = ConditionSpec.ALWAYS;

  ConsumerSetup(StreamsModule module, Class<T> type) {
    this.module = module;
    this.type = Objects.requireNonNull(type);
  }

  @Override
  public ConsumerBuilder<T> stream(StreamId id) {
    stream = StreamName.of(id);
    return this;
  }

  @Override
  public ConsumerBuilder<T> codec(Codec<T> encoding) {
    codec = Objects.requireNonNull(encoding);
    return this;
  }

  @Override
  public ConsumerBuilder<T> subscribeIf(Predicate<? super PeerEntry> predicate) {
    wanted.add(Predicates.guarded(predicate));
    return this;
  }

  @Override
  public ConsumerBuilder<T> requireTicket(TicketValidator validator) {
    tickets.add(Objects.requireNonNull(validator));
    return this;
  }

  @Override
  public ConsumerBuilder<T> rttBelow(Duration bound) {
    rttBelow = ProducerSetup.checkedRtt(bound);
    return this;
  }

  @Override
  public ConsumerBuilder<T> shared(String group) {
    int bytes = group.getBytes(UTF_8).length;
    if (bytes == 0 || bytes > StreamMessage.Subscribe.MAX_SHARE_GROUP_BYTES) {
      throw new IllegalArgumentException(
          "the name of a share group takes "
              + bytes
              + " bytes; give 1 to "
              + StreamMessage.Subscribe.MAX_SHARE_GROUP_BYTES);
    }
    shareGroup = group;
    return this;
  }

  @Override
  public ConsumerBuilder<T> criteria(Criteria more) {
    criteria = criteria == null ? Objects.requireNonNull(more) : criteria.and(more);
    return this;
  }

  @Override
  public ConsumerBuilder<T> prefer(Preference theBest) {
    preference = Objects.requireNonNull(theBest);
    return this;
  }

  @Override
  public ConsumerBuilder<T> bufferSize(int datums) {
    bufferSize = ProducerSetup.checkedBuffer(datums);
    return this;
  }

  @Override
  public ConsumerBuilder<T> backoff(Duration first, Duration most) {
    backoff = new Backoff(first, most);
    return this;
  }

  @Override
  public ConsumerBuilder<T> from(Start start) {
    from = Objects.requireNonNull(start);
    return this;
  }

  @Override
  public ConsumerBuilder<T> resume(boolean wanted) {
    resume = wanted;
    return this;
  }

  @Override
  public ConsumerBuilder<T> onUndecodable(
      java.util.function.Consumer<? super Undecodable> handler) {
    undecodable = Objects.requireNonNull(handler);
    return this;
  }

  @Override
  public ConsumerBuilder<T> onlineWhen(UnaryOperator<SubscriptionCondition> condition) {
    online = ConditionSpec.from(condition);
    return this;
  }

  @Override
  public Consumer<T> build() {
    if (criteria != null) {
      Predicate<Object> unused = new CriteriaCompiler(type).compile(criteria);
    }
    if (shareGroup != null && (from != Start.NOW || !resume)) {
      throw new IllegalStateException(
          "a consumer that shares as '"
              + shareGroup
              + "' begins with what is new, and goes on with what its group has not taken: from(...)"
              + " and resume(false) are for consumers that don't share");
    }
    return module.consumer(type, codec(), undecodable, settings(from, resume, null));
  }

  @Override
  public <S> View<S> fold(Fold<T, S> fold) {
    if (criteria != null || shareGroup != null) {
      throw new IllegalStateException(
          "a view with criteria or of a share: a producer's state is of all its datums; filter in"
              + " the reducer");
    }
    StreamName name = stream == null ? StreamName.of(type) : stream;
    var wish = new ConsumerSettings.Wish(fold.id(name), fold.maxBytes());
    return module.view(type, codec(), fold, settings(Start.NOW, true, wish));
  }

  private Codec<T> codec() {
    return codec == null ? Codecs.cbor(type) : codec;
  }

  private ConsumerSettings settings(
      Start start, boolean resumes, ConsumerSettings.@Nullable Wish fold) {
    return new ConsumerSettings(
        stream == null ? StreamName.of(type) : stream,
        List.copyOf(wanted),
        new TicketRequirement(tickets),
        rttBelow,
        shareGroup,
        criteria,
        preference,
        bufferSize,
        backoff,
        start,
        resumes,
        fold,
        online);
  }
}

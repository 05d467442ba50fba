package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.tickets.TicketRequirement;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What was said to a producer's builder. */
record ProducerSettings(
    StreamName stream,
    List<Predicate<? super PeerEntry>> required,
    TicketRequirement tickets,
    @Nullable Duration rttBelow,
    int maxConsumers,
    int bufferSize,
    long bufferBytes,
    SlowConsumerPolicy slowConsumers,
    EgressLimit egress,
    EgressLimit egressPerConsumer,
    Replay replay,
    List<Fold<?, ?>> folds,
    ConditionSpec online) {}

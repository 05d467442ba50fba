package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.tickets.TicketRequirement;
import java.util.List;
import java.util.function.Predicate;

/** What was said to a producer's builder. */
record ProducerSettings(
    StreamName stream,
    List<Predicate<? super PeerEntry>> required,
    TicketRequirement tickets,
    int maxConsumers,
    int bufferSize,
    long bufferBytes,
    SlowConsumerPolicy slowConsumers,
    EgressLimit egress,
    EgressLimit egressPerConsumer,
    ConditionSpec online) {}

package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import java.util.List;
import java.util.function.Predicate;

/** What was said to a consumer's builder. */
record ConsumerSettings(
    StreamName stream,
    List<Predicate<? super PeerEntry>> wanted,
    int bufferSize,
    ConditionSpec online) {}

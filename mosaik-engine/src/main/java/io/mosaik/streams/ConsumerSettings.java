package io.mosaik.streams;

import io.mosaik.discovery.PeerEntry;
import io.mosaik.id.StoreId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.flow.Backoff;
import io.mosaik.tickets.TicketRequirement;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What was said to a consumer's builder. */
record ConsumerSettings(
    StreamName stream,
    List<Predicate<? super PeerEntry>> wanted,
    TicketRequirement tickets,
    @Nullable Duration rttBelow,
    @Nullable String shareGroup,
    @Nullable Criteria criteria,
    @Nullable Preference preference,
    int bufferSize,
    Backoff backoff,
    Start from,
    boolean resume,
    @Nullable Wish fold,
    ConditionSpec online) {

  /**
   * The fold whose state it wants to begin with.
   *
   * @param id what it is called on the wire
   * @param maxBytes how large its state may be
   */
  record Wish(StoreId id, long maxBytes) {}
}

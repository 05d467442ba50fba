package io.mosaik.streams;

import io.mosaik.id.PeerId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The states of a view at one moment.
 *
 * @param version how many changes there were: datums that were folded, and states that came or went
 * @param byProducer the state of each producer
 * @param <S> the state
 */
public record ViewState<S>(long version, SortedMap<PeerId, S> byProducer) {

  /** Copies the map. */
  public ViewState {
    byProducer = Collections.unmodifiableSortedMap(new TreeMap<>(byProducer));
  }
}

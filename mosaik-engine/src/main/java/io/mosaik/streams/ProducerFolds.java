package io.mosaik.streams;

import io.mosaik.id.StoreId;
import io.mosaik.runtime.Platform;
import io.mosaik.streams.flow.Encoded;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The folds of one producer, by what they are called on the wire. On the producer's strand, but for
 * {@link #infos}.
 */
final class ProducerFolds {

  private final SortedMap<StoreId, ProducerFold<?, ?>> folds = new TreeMap<>();

  ProducerFolds(Platform platform, ProducerSettings settings, Class<?> type, Runnable madeRoom) {
    for (Fold<?, ?> fold : settings.folds()) {
      add(platform, settings, fold, type, madeRoom);
    }
  }

  @SuppressWarnings("unchecked") // a builder takes folds of its own type of datums alone
  private <T, S> void add(
      Platform platform,
      ProducerSettings settings,
      Fold<T, S> fold,
      Class<?> type,
      Runnable madeRoom) {
    StoreId id = fold.id(settings.stream());
    ProducerFold<?, ?> former =
        folds.put(
            id,
            new ProducerFold<>(
                settings.stream(),
                fold,
                (Class<T>) type,
                platform.newUserStrand("producer " + settings.stream() + ", " + fold),
                settings.bufferSize(),
                settings.bufferBytes(),
                madeRoom));
    if (former != null) {
      throw new IllegalArgumentException("two folds are called " + fold.name());
    }
  }

  /** What there is to say of each; from any thread, for which folds there are never changes. */
  List<FoldInfo> infos() {
    return folds.values().stream().map(ProducerFold::info).toList();
  }

  @Nullable ProducerFold<?, ?> find(StoreId id) {
    return folds.get(id);
  }

  /** How many datums may be appended now. */
  int room() {
    if (folds.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    int room = Integer.MAX_VALUE;
    for (ProducerFold<?, ?> fold : folds.values()) {
      room = Math.min(room, fold.room());
    }
    return room;
  }

  /** One whose reducer is so far behind that nothing may be appended, or null; from any thread. */
  @Nullable String slow() {
    return folds.values().stream()
        .filter(fold -> fold.room() == 0)
        .map(ProducerFold::toString)
        .findFirst()
        .orElse(null);
  }

  /** How many bytes wait for the reducers, as they are encoded; from any thread. */
  long waitingBytes() {
    return folds.values().stream().mapToLong(ProducerFold::waitingBytes).sum();
  }

  /** Datums were handed out. */
  void append(List<Encoded> datums) {
    if (folds.isEmpty()) {
      return;
    }
    for (ProducerFold<?, ?> fold : folds.values()) {
      fold.append(datums);
    }
  }
}

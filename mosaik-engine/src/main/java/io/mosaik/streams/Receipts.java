package io.mosaik.streams;

import io.mosaik.streams.flow.Encoded;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tells who asked how many got a datum, and gives back what nobody got. For one strand. */
final class Receipts {

  private final @Nullable Undelivered undelivered;
  private final List<Object> unheard = new ArrayList<>();

  Receipts(@Nullable Undelivered undelivered) {
    this.undelivered = undelivered;
  }

  /**
   * One that had its turn reaches nobody after all; who asked was told of those it was meant for.
   */
  void giveBack(Encoded datum) {
    if (undelivered != null) {
      undelivered.giveBack(List.of(datum.value()));
    }
  }

  /**
   * These datums have had their turn.
   *
   * @param handed by index, to how many subscribers
   * @return how many of them went to nobody
   */
  int handed(List<Encoded> datums, IntUnaryOperator handed) {
    int toNobody = 0;
    for (int i = 0; i < datums.size(); i++) {
      Encoded datum = datums.get(i);
      int subscribers = handed.applyAsInt(i);
      IntConsumer receipt = datum.receipt();
      if (receipt != null) {
        receipt.accept(subscribers);
      }
      if (subscribers == 0) {
        toNobody++;
        if (undelivered != null) {
          unheard.add(datum.value());
        }
      }
    }
    if (undelivered != null && !unheard.isEmpty()) {
      undelivered.giveBack(unheard);
      unheard.clear();
    }
    return toNobody;
  }
}

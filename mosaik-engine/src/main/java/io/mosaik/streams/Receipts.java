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
  private final boolean kept;
  private final List<Encoded> unheard = new ArrayList<>();

  /**
   * @param kept whether what nobody got is kept for who comes late, and not given back
   */
  Receipts(@Nullable Undelivered undelivered, boolean kept) {
    this.undelivered = undelivered;
    this.kept = kept;
  }

  /** How many bytes wait for who gets back what nobody got; from any thread. */
  long undeliveredBytes() {
    return undelivered == null ? 0 : undelivered.waitingBytes();
  }

  /**
   * One that had its turn reaches nobody after all; who asked was told of those it was meant for.
   */
  void giveBack(Encoded datum) {
    if (undelivered != null) {
      undelivered.giveBack(List.of(datum));
    }
  }

  /**
   * These datums have had their turn.
   *
   * @param handed by index, to how many subscribers
   * @return how many of them went to nobody
   */
  int handed(List<Encoded> datums, IntUnaryOperator handed) {
    return tell(datums, handed, !kept);
  }

  /** These datums will have no turn. */
  void lost(List<Encoded> datums) {
    int unused = tell(datums, index -> 0, true);
  }

  private int tell(List<Encoded> datums, IntUnaryOperator handed, boolean givesBack) {
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
        if (givesBack && undelivered != null) {
          unheard.add(datum);
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

package io.mosaik.sample.reporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.sample.Fill;
import io.mosaik.sample.SequenceSet;
import io.mosaik.sample.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FillLedgerTest {

  private static final long SECOND = 1_000_000;

  private final FillLedger ledger = new FillLedger();

  @Test
  void a_fill_counts_once_however_many_matchers_publish_it() {
    for (long seed = 1; seed <= 30; seed++) {
      List<Fill> heard = new ArrayList<>();
      for (int i = 1; i <= 100; i++) {
        heard.addAll(Collections.nCopies(3, fill(i)));
      }
      Collections.shuffle(heard, new Random(seed));
      var shuffled = new FillLedger();
      heard.forEach(fill -> shuffled.add(fill, fill.takerSubmittedAtMicros() + 250));
      var once = new FillLedger();
      for (int i = 1; i <= 100; i++) {
        once.add(fill(i), fill(i).takerSubmittedAtMicros() + 250);
      }

      FillLedger.Summary summary = shuffled.summary();
      assertThat(summary.fills()).as("seed %s", seed).isEqualTo(100);
      assertThat(summary.duplicates()).isEqualTo(200);
      assertThat(summary.gaps()).isEmpty();
      assertThat(summary.fillsDigest()).isEqualTo(once.summary().fillsDigest());
      assertThat(summary.pairs()).isEqualTo(once.summary().pairs());
      assertThat(summary.positions()).isEqualTo(once.summary().positions());
      assertThat(summary.latencyP99Micros()).isEqualTo(250);
    }
  }

  @Test
  void what_is_missing_is_named() {
    ledger.add(fill(1), 0);
    ledger.add(fill(5), 0);
    assertThat(ledger.summary().gaps()).containsExactly(new SequenceSet.Range(2, 4));
    assertThat(ledger.summary().watermark()).isEqualTo(1);
  }

  @Test
  void the_first_missing_fill_is_asked_for_after_a_while_and_again_if_it_does_not_come() {
    ledger.add(fill(1), 0);
    assertThat(ledger.missing(0, SECOND)).isZero();
    assertThat(ledger.missing(SECOND - 1, SECOND)).isZero();
    assertThat(ledger.missing(SECOND, SECOND)).isEqualTo(2);
    assertThat(ledger.missing(SECOND + 1, SECOND)).as("an answer takes time").isZero();
    assertThat(ledger.missing(2 * SECOND, SECOND)).isEqualTo(2);
    ledger.add(fill(2), 0);
    assertThat(ledger.missing(2 * SECOND + 1, SECOND)).as("it moves").isZero();
    assertThat(ledger.missing(3 * SECOND + 1, SECOND)).isEqualTo(3);
  }

  private static Fill fill(long sequence) {
    return new Fill(
        sequence,
        sequence % 2 == 0 ? "BTC-USD" : "ETH-USD",
        100 + sequence,
        1 + sequence % 7,
        sequence % 3 == 0 ? Side.BUY : Side.SELL,
        "maker" + sequence % 2,
        sequence,
        "taker",
        sequence,
        1_000 * sequence);
  }
}

package io.mosaik.sample.reporter;

import io.mosaik.sample.Fill;
import io.mosaik.sample.FillRequest;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.streams.Producer;
import io.mosaik.streams.SendResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Hears fills, counts each once, asks for those that do not come, and says how it stands. */
@Component
class Reporter {

  private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);
  private static final long PATIENCE_MICROS = 2_000_000;

  private final Producer<FillRequest> requests;
  private final FillLedger ledger = new FillLedger();
  private final ReentrantLock lock = new ReentrantLock();
  private long fillsLogged;

  Reporter(Producer<FillRequest> requests) {
    this.requests = requests;
  }

  @MosaikListener(tags = "matcher", bufferSize = "16384")
  void onFill(Fill fill) {
    long now = nowMicros();
    lock.lock();
    try {
      ledger.add(fill, now);
    } finally {
      lock.unlock();
    }
  }

  @Scheduled(fixedRate = 500)
  void askForMissingFills() {
    long missing;
    lock.lock();
    try {
      missing = ledger.missing(nowMicros(), PATIENCE_MICROS);
    } finally {
      lock.unlock();
    }
    if (missing > 0) {
      // Whether it was sent does not matter: if the fill does not come, it is asked for again.
      SendResult<FillRequest> result = requests.trySend(new FillRequest(missing));
      LOG.debug("asked for fill {} and those after it: {}", missing, result);
    }
  }

  @Scheduled(fixedRate = 5_000)
  void logSummary() {
    FillLedger.Summary summary = summary();
    if (summary.fills() == fillsLogged) {
      return;
    }
    fillsLogged = summary.fills();
    LOG.info(
        "{} fills, {} heard again, p50 {} us, p99 {} us",
        summary.fills(),
        summary.duplicates(),
        summary.latencyP50Micros(),
        summary.latencyP99Micros());
    summary
        .pairs()
        .forEach((pair, volume) ->
            LOG.info(
                "{}: {} fills, {} lots, VWAP {} ticks",
                pair,
                volume.fills(),
                volume.quantityLots(),
                volume.vwapTicks()));
  }

  FillLedger.Summary summary() {
    lock.lock();
    try {
      return ledger.summary();
    } finally {
      lock.unlock();
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}

package io.mosaik.sample.matcher;

import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.runtime.WaitInterruptedException;
import io.mosaik.sample.Fill;
import io.mosaik.streams.Producer;
import io.mosaik.streams.ProducerClosedException;
import io.mosaik.streams.SendResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * Publishes fills. Every matcher publishes every fill, so a fill is lost to a reporter only if it
 * misses it from all of them; then it asks for it, see {@link FillRequests}. That is why nothing
 * here has to wait for a reporter to come.
 */
@Component
class FillPublisher {

  private static final Duration ROOM_PATIENCE = Duration.ofSeconds(1);

  private final Producer<Fill> fills;
  private final AtomicLong unheard = new AtomicLong();

  FillPublisher(Producer<Fill> fills) {
    this.fills = fills;
  }

  /**
   * Publishes a fill; waits a moment for room in a full buffer. Never throws: it is called while
   * orders are applied, which must go on alike on every replica.
   */
  void publish(Fill fill) {
    switch (fills.trySend(fill)) {
      case SendResult.Sent<Fill> ignored -> {}
      case SendResult.Offline<Fill> ignored -> unheard.incrementAndGet();
      case SendResult.Closed<Fill> ignored -> unheard.incrementAndGet();
      case SendResult.Full<Fill> ignored -> {
        try {
          fills.send(fill, ROOM_PATIENCE);
        } catch (DeadlineExceededException | ProducerClosedException | WaitInterruptedException e) {
          unheard.incrementAndGet();
        }
      }
    }
  }

  /** How many fills no reporter was there to hear. */
  long unheard() {
    return unheard.get();
  }
}

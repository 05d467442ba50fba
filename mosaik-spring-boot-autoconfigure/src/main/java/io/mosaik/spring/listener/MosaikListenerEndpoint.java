package io.mosaik.spring.listener;

import io.mosaik.streams.Received;
import io.mosaik.streams.Start;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.tickets.TicketValidator;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener before it runs: which stream, and what is called.
 *
 * @param id unique in the application
 * @param type of the datums
 * @param stream the stream's name, or null for the type's own
 * @param peers what it asks of the producers
 * @param validators gives, when the listener starts, those that {@code peers} names
 * @param criteria gives, when the listener starts, which datums it wants; null for all
 * @param shared the name under which it shares the datums with others, or null
 * @param concurrency how many calls at a time, 1 or more
 * @param bufferSize in datums, or null for the consumer's default
 * @param from where it begins with each producer
 * @param resume whether it wants what was sent while it was interrupted
 * @param autoStartup whether it starts with the application
 * @param target what is called with each datum
 */
public record MosaikListenerEndpoint(
    String id,
    Class<?> type,
    @Nullable String stream,
    PeerRequirements peers,
    Function<String, TicketValidator> validators,
    @Nullable Supplier<Criteria> criteria,
    @Nullable String shared,
    int concurrency,
    @Nullable Integer bufferSize,
    Start from,
    boolean resume,
    boolean autoStartup,
    Target target) {

  /** Checks the numbers. */
  public MosaikListenerEndpoint {
    if (concurrency < 1) {
      throw new IllegalArgumentException(
          "the listener '" + id + "' has concurrency " + concurrency + "; give 1 or more");
    }
    if (bufferSize != null && bufferSize < 1) {
      throw new IllegalArgumentException(
          "the listener '" + id + "' has bufferSize " + bufferSize + "; give 1 or more");
    }
  }

  /** What is called with each datum. */
  @FunctionalInterface
  public interface Target {

    /**
     * Works off a datum.
     *
     * @throws Exception handed to the error handler
     */
    void accept(Received<?> received) throws Exception;
  }
}

package io.mosaik.spring.listener;

import io.mosaik.streams.ConsumerBuilder;
import io.mosaik.streams.ProducerBuilder;
import io.mosaik.tickets.TicketValidator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * What a listener, or a stream that is injected, asks of the peers at the other end.
 *
 * @param tags that they must announce, all of them
 * @param rttBelow what their round-trip time must be less than, or null
 * @param tickets names of the {@link TicketValidator} beans that must find one of their tickets
 *     good, each of them
 */
public record PeerRequirements(
    List<String> tags, @Nullable Duration rttBelow, List<String> tickets) {

  /** Anyone will do. */
  public static final PeerRequirements NONE = new PeerRequirements(List.of(), null, List.of());

  /** Copies the lists and checks the time. */
  public PeerRequirements {
    tags = List.copyOf(tags);
    tickets = List.copyOf(tickets);
    if (rttBelow != null && !rttBelow.isPositive()) {
      throw new IllegalArgumentException(
          "rttBelow is '" + rttBelow.toMillis() + "ms'; a round trip takes time, give more");
    }
  }

  /**
   * Reads them as an annotation gives them.
   *
   * @param rttBelow a duration as in properties, {@code 20ms}; empty for none
   * @param placeholders resolves them in each text
   * @throws IllegalArgumentException with the attribute, what is wrong, and a right value
   */
  public static PeerRequirements of(
      String[] tags, String rttBelow, String[] requireTicket, UnaryOperator<String> placeholders) {
    return new PeerRequirements(
        names("tags", tags, placeholders),
        duration(placeholders.apply(rttBelow)),
        names("requireTicket", requireTicket, placeholders));
  }

  private static List<String> names(
      String attribute, String[] texts, UnaryOperator<String> placeholders) {
    return Arrays.stream(texts)
        .map(placeholders)
        .peek(name -> {
          if (name.isBlank()) {
            throw new IllegalArgumentException(attribute + " has a blank name");
          }
        })
        .toList();
  }

  private static @Nullable Duration duration(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return DurationStyle.detectAndParse(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "rttBelow is '" + text + "'; give a duration, as \"20ms\"", e);
    }
  }

  /** Asks them of the producers that a consumer takes from. */
  public void require(ConsumerBuilder<?> builder, Function<String, TicketValidator> validators) {
    if (!tags.isEmpty()) {
      builder.subscribeIf(peer -> tags.stream().allMatch(peer::hasTag));
    }
    if (rttBelow != null) {
      builder.rttBelow(rttBelow);
    }
    tickets.forEach(name -> builder.requireTicket(validators.apply(name)));
  }

  /** Asks them of the consumers that a producer takes. */
  public void require(ProducerBuilder<?> builder, Function<String, TicketValidator> validators) {
    if (!tags.isEmpty()) {
      builder.requireConsumer(peer -> tags.stream().allMatch(peer::hasTag));
    }
    if (rttBelow != null) {
      builder.rttBelow(rttBelow);
    }
    tickets.forEach(name -> builder.requireTicket(validators.apply(name)));
  }
}

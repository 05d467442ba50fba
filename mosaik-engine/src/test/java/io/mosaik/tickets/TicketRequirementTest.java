package io.mosaik.tickets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketRequirementTest {

  private static final PeerId PEER = PeerId.ofBytes(new byte[PeerId.LENGTH]);
  private static final Instant NOW = Instant.ofEpochSecond(1_000);

  /** Takes a ticket at its word: it says until when it is good, in seconds, or "forever". */
  private record Trusting(TicketId ticketClass) implements TicketValidator {
    @Override
    public String signature() {
      return "trusting";
    }

    @Override
    public Validity validate(Ticket ticket, PeerId peer, Instant now) {
      String says = new String(ticket.data(), UTF_8);
      return says.equals("forever")
          ? Validity.unlimited()
          : Validity.until(Instant.ofEpochSecond(Long.parseLong(says)));
    }
  }

  private static final TicketId A = TicketId.of("a");
  private static final TicketId B = TicketId.of("b");
  private static final TicketRequirement ONE = new TicketRequirement(List.of(new Trusting(A)));
  private static final TicketRequirement BOTH =
      new TicketRequirement(List.of(new Trusting(A), new Trusting(B)));

  private static Ticket ticket(TicketId id, String says) {
    return new Ticket(id, says.getBytes(UTF_8));
  }

  private static Validity judge(TicketRequirement requirement, Ticket... tickets) {
    return requirement.judge(List.of(tickets), PEER, NOW);
  }

  private static Validity until(long second) {
    return Validity.until(Instant.ofEpochSecond(second));
  }

  @Test
  void who_asks_for_nothing_takes_anyone() {
    assertThat(judge(TicketRequirement.NONE)).isEqualTo(Validity.unlimited());
  }

  @Test
  void without_a_ticket_of_the_class_a_peer_is_refused() {
    assertThat(judge(ONE).isGood()).isFalse();
    assertThat(judge(ONE, ticket(B, "forever")).isGood()).isFalse();
    assertThat(judge(BOTH, ticket(B, "forever")).isGood()).isFalse();
  }

  @Test
  void of_one_class_the_ticket_counts_that_is_good_for_longest() {
    assertThat(judge(ONE, ticket(A, "2000"), ticket(A, "3000"), ticket(A, "2500")))
        .isEqualTo(until(3_000));
    assertThat(judge(ONE, ticket(A, "900"), ticket(A, "2000"))).isEqualTo(until(2_000));
  }

  @Test
  void of_several_classes_the_one_counts_that_expires_first() {
    assertThat(judge(BOTH, ticket(A, "3000"), ticket(B, "2000"))).isEqualTo(until(2_000));
  }

  @Test
  void never_is_later_than_any_time() {
    assertThat(judge(ONE, ticket(A, "2000"), ticket(A, "forever"))).isEqualTo(Validity.unlimited());
    assertThat(judge(BOTH, ticket(A, "forever"), ticket(B, "2000"))).isEqualTo(until(2_000));
    assertThat(judge(BOTH, ticket(A, "forever"), ticket(B, "forever")))
        .isEqualTo(Validity.unlimited());
  }

  @Test
  void a_ticket_is_expired_from_its_end_on() {
    assertThat(judge(ONE, ticket(A, "1000")).isGood()).isFalse();
    assertThat(judge(ONE, ticket(A, "1001")).isGood()).isTrue();
  }

  @Test
  void a_validator_that_fails_refuses_and_a_better_ticket_still_counts() {
    assertThat(judge(ONE, ticket(A, "what?")).isGood()).isFalse();
    assertThat(judge(ONE, ticket(A, "what?"), ticket(A, "2000"), ticket(A, "what?")))
        .isEqualTo(until(2_000));
  }
}

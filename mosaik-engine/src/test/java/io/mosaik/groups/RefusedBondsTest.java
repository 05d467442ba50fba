package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A bond that is refused shows in numbers on both sides, and in one line of each one's log. */
class RefusedBondsTest {

  private static final TicketId CLASS = TicketId.of("refused bonds");

  /** Its signature makes a group of this test alone, by which its lines are told apart. */
  private static final class AnyTicket implements TicketValidator {
    @Override
    public String signature() {
      return "refused bonds";
    }

    @Override
    public TicketId ticketClass() {
      return CLASS;
    }

    @Override
    public Validity validate(Ticket ticket, PeerId peer, Instant now) {
      return Validity.unlimited();
    }
  }

  private static Ticket other(int number) {
    return new Ticket(TicketId.of("another class " + number), new byte[0]);
  }

  private static long refused(GroupWorld groups, String name, BondRefusal refusal) {
    return groups.group(name).bondRefusals().getOrDefault(refusal, -1L);
  }

  @Test
  void who_is_refused_for_want_of_a_ticket_is_told_of_once_on_both_sides_and_counted_each_time() {
    try (var groups =
        new GroupWorld(1)
            .settings(builder -> builder.requireTicket(new AnyTicket()))
            .members("n1")) {
      List<String> lines;
      try (var log = LogLines.of(groups.group("n1"), GroupBonds.class)) {
        groups.member("n1").parts().discovery().addTickets(new Ticket(CLASS, new byte[0]));
        groups.members("n2");
        groups.world.run(Duration.ofSeconds(5));
        for (int i = 0; i < 5; i++) {
          // It has something new to say of itself, so it may be asked again.
          groups.member("n2").parts().discovery().addTickets(other(i));
          groups.world.run(Duration.ofSeconds(5));
        }
        lines = log.lines();
      }
      for (String name : List.of("n1", "n2")) {
        assertThat(refused(groups, name, BondRefusal.NOT_ALLOWED)).as(name).isGreaterThan(5);
        assertThat(refused(groups, name, BondRefusal.INVALID_PROOF)).as(name).isZero();
      }
      assertThat(lines)
          .filteredOn(line -> line.contains("refused"))
          .hasSize(2)
          .anyMatch(line ->
              line.startsWith(
                  "refused the bond with " + groups.member("n2").peerId.toShortString()))
          .anyMatch(line ->
              line.startsWith(
                  "its bond was refused by " + groups.member("n1").peerId.toShortString()))
          .allMatch(line -> line.contains("30403"));
    }
  }

  @Test
  void members_that_dial_each_other_at_once_refuse_nobody() {
    try (var groups = new GroupWorld(2).members("n1", "n2", "n3")) {
      groups.awaitLeader("n1", "n2", "n3");
      for (String name : List.of("n1", "n2", "n3")) {
        assertThat(groups.group(name).bondRefusals())
            .containsOnlyKeys(BondRefusal.values())
            .allSatisfy((refusal, count) -> assertThat(count).as(refusal.name()).isZero());
      }
    }
  }

  @Test
  void a_refusal_is_news_once_for_each_peer_side_and_reason() {
    var refusals = new BondRefusals();
    PeerId peer = peers().findFirst().orElseThrow();
    assertThat(refusals.count(true, peer, BondRefusal.NOT_ALLOWED)).isTrue();
    assertThat(refusals.count(true, peer, BondRefusal.NOT_ALLOWED)).isFalse();
    assertThat(refusals.count(false, peer, BondRefusal.NOT_ALLOWED)).isTrue();
    assertThat(refusals.count(true, peer, BondRefusal.TIMEOUT)).isTrue();
    assertThat(refusals.toMap())
        .containsEntry(BondRefusal.NOT_ALLOWED, 3L)
        .containsEntry(BondRefusal.TIMEOUT, 1L);
  }

  @Test
  void what_was_told_longest_ago_is_forgotten_so_that_many_peers_cost_bounded_memory() {
    var refusals = new BondRefusals();
    List<PeerId> peers = peers().limit(BondRefusals.MAX_TOLD + 1).toList();
    for (PeerId peer : peers) {
      assertThat(refusals.count(true, peer, BondRefusal.INVALID_PROOF)).isTrue();
    }
    assertThat(refusals.count(true, peers.getLast(), BondRefusal.INVALID_PROOF)).isFalse();
    assertThat(refusals.count(true, peers.get(1), BondRefusal.INVALID_PROOF)).isFalse();
    assertThat(refusals.count(true, peers.getFirst(), BondRefusal.INVALID_PROOF)).isTrue();
  }

  private static Stream<PeerId> peers() {
    return Stream.iterate(1, i -> i + 1)
        .map(i -> {
          byte[] key = new byte[PeerId.LENGTH];
          ByteBuffer.wrap(key).putInt(i);
          return PeerId.ofBytes(key);
        });
  }
}

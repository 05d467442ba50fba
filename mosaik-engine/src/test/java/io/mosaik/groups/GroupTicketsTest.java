package io.mosaik.groups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.PeerId;
import io.mosaik.id.TicketId;
import io.mosaik.runtime.DeadlineExceededException;
import io.mosaik.tickets.Ticket;
import io.mosaik.tickets.TicketValidator;
import io.mosaik.tickets.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Members that ask for a ticket beside the key. */
class GroupTicketsTest {

  private static final TicketId CLASS = TicketId.of("pass");

  /** A pass says until when it is good, in milliseconds of wall time. */
  private record Passes(String signature) implements TicketValidator {
    @Override
    public TicketId ticketClass() {
      return CLASS;
    }

    @Override
    public Validity validate(Ticket ticket, PeerId peer, Instant now) {
      return Validity.until(Instant.ofEpochMilli(Long.parseLong(new String(ticket.data(), UTF_8))));
    }
  }

  private static GroupWorld asking(long seed) {
    return new GroupWorld(seed).settings(builder -> builder.requireTicket(new Passes("1")));
  }

  private static Ticket pass(GroupWorld groups, String name, Duration goodFor) {
    long endMs = groups.member(name).platform.clock().currentTimeMillis() + goodFor.toMillis();
    return new Ticket(CLASS, Long.toString(endMs).getBytes(UTF_8));
  }

  private static void give(GroupWorld groups, String name, Duration goodFor) {
    groups.member(name).parts().discovery().addTickets(pass(groups, name, goodFor));
  }

  private static List<PeerId> bonded(GroupWorld groups, String name) {
    return groups.group(name).bonds().stream().map(BondInfo::peer).toList();
  }

  private static boolean areBonded(GroupWorld groups, String one, String other) {
    return bonded(groups, one).contains(groups.member(other).peerId)
        && bonded(groups, other).contains(groups.member(one).peerId);
  }

  @Test
  void who_carries_no_ticket_bonds_with_nobody_until_it_does() {
    try (var groups = asking(1).members("n1", "n2", "n3")) {
      give(groups, "n1", Duration.ofDays(1));
      give(groups, "n2", Duration.ofDays(1));
      groups.world.run(Duration.ofSeconds(5));
      assertThat(areBonded(groups, "n1", "n2")).isTrue();
      assertThat(bonded(groups, "n3")).isEmpty();
      give(groups, "n3", Duration.ofDays(1));
      groups.world.run(Duration.ofSeconds(1));
      assertThat(areBonded(groups, "n1", "n3")).isTrue();
      assertThat(areBonded(groups, "n2", "n3")).isTrue();
      groups.awaitLeader("n1", "n2", "n3");
    }
  }

  @Test
  void who_is_refused_does_not_go_on_asking() {
    try (var groups = asking(2).members("n1", "n2")) {
      give(groups, "n1", Duration.ofDays(1));
      groups.world.run(Duration.ofSeconds(5));
      var dialled = new AtomicInteger();
      groups
          .world
          .trace()
          .tellTo(line -> {
            if (line.contains(GroupsModule.ALPN)) {
              dialled.incrementAndGet();
            }
          });
      groups.world.run(Duration.ofMinutes(1));
      assertThat(bonded(groups, "n1")).isEmpty();
      assertThat(dialled).hasValue(0);
      give(groups, "n2", Duration.ofDays(1));
      groups.world.run(Duration.ofSeconds(1));
      assertThat(dialled).hasPositiveValue();
    }
  }

  @Test
  void a_bond_ends_when_the_ticket_expires() {
    try (var groups = asking(3).members("n1", "n2")) {
      give(groups, "n1", Duration.ofDays(1));
      give(groups, "n2", Duration.ofSeconds(30));
      groups.world.run(Duration.ofSeconds(29));
      assertThat(areBonded(groups, "n1", "n2")).isTrue();
      groups.world.run(Duration.ofSeconds(2));
      assertThat(bonded(groups, "n1")).isEmpty();
      assertThat(bonded(groups, "n2")).isEmpty();
    }
  }

  @Test
  void a_ticket_that_is_renewed_in_time_keeps_the_bond() {
    try (var groups = asking(4).members("n1", "n2")) {
      give(groups, "n1", Duration.ofDays(1));
      give(groups, "n2", Duration.ofSeconds(30));
      groups.world.run(Duration.ofSeconds(20));
      BondInfo before = groups.group("n1").bonds().getFirst();
      give(groups, "n2", Duration.ofHours(3)); // longer than a wall clock is trusted at a time
      groups.world.run(Duration.ofHours(2));
      assertThat(groups.group("n1").bonds()).hasSize(1);
      assertThat(groups.group("n1").bonds().getFirst().id()).isEqualTo(before.id());
      groups.world.run(Duration.ofHours(2));
      assertThat(bonded(groups, "n1")).isEmpty();
    }
  }

  @Test
  void a_ticket_that_is_taken_away_ends_the_bond() {
    try (var groups = asking(5).members("n1", "n2")) {
      Ticket ticket = pass(groups, "n2", Duration.ofDays(1));
      give(groups, "n1", Duration.ofDays(1));
      groups.member("n2").parts().discovery().addTickets(ticket);
      groups.world.run(Duration.ofSeconds(5));
      assertThat(areBonded(groups, "n1", "n2")).isTrue();
      groups.member("n2").parts().discovery().removeTickets(ticket);
      groups.world.run(Duration.ofSeconds(1));
      assertThat(bonded(groups, "n1")).isEmpty();
    }
  }

  @Test
  void whom_a_validator_never_judges_is_refused_and_the_member_goes_on() {
    try (var groups = asking(8).members("n1")) {
      var hangs = new AtomicBoolean();
      TicketValidator hanging =
          new TicketValidator() {
            @Override
            public String signature() {
              return "1";
            }

            @Override
            public TicketId ticketClass() {
              return CLASS;
            }

            @Override
            public Validity validate(Ticket ticket, PeerId peer, Instant now) {
              if (hangs.get()) {
                assertThatThrownBy(() ->
                        groups
                            .member("n2")
                            .platform
                            .await(new CompletableFuture<Void>(), Duration.ofMinutes(2)))
                    .isInstanceOf(DeadlineExceededException.class);
              }
              return new Passes("1").validate(ticket, peer, now);
            }
          };
      groups.settings(builder -> builder.requireTicket(hanging)).members("n2");
      give(groups, "n1", Duration.ofDays(1));
      give(groups, "n2", Duration.ofDays(1));
      groups.awaitLeader("n1", "n2");
      assertThat(areBonded(groups, "n1", "n2")).isTrue();

      hangs.set(true);
      give(groups, "n1", Duration.ofDays(2)); // which has to be judged
      groups.world.run(Duration.ofSeconds(9));
      assertThat(areBonded(groups, "n1", "n2")).isTrue();
      groups.world.run(Duration.ofSeconds(2));
      assertThat(bonded(groups, "n2")).isEmpty();
      assertThat(groups.member("n2").status().failure()).isNull();

      hangs.set(false);
      groups.world.run(Duration.ofMinutes(5)); // what was asked last is answered too late
      give(groups, "n1", Duration.ofDays(3));
      groups.world.run(Duration.ofSeconds(1));
      assertThat(areBonded(groups, "n1", "n2")).isTrue();
      groups.awaitLeader("n1", "n2");
    }
  }

  @Test
  void members_with_other_validators_never_meet() {
    try (var groups = asking(6).members("n1")) {
      groups.settings(builder -> builder.requireTicket(new Passes("2"))).members("n2");
      groups.settings(builder -> builder).members("n3");
      assertThat(groups.all().stream().map(member -> member.group().id()).distinct()).hasSize(3);
    }
  }

  @Test
  void a_bond_says_what_went_over_it() {
    try (var groups = new GroupWorld(7).members("n1", "n2")) {
      String leader = groups.awaitLeader("n1", "n2");
      String follower = groups.follower("n1", "n2");
      groups.group(follower).execute("x".repeat(10_000));
      groups.world.run(Duration.ofSeconds(3));
      BondInfo out = groups.group(follower).bonds().getFirst();
      BondInfo in = groups.group(leader).bonds().getFirst();
      assertThat(out.peer()).isEqualTo(groups.member(leader).peerId);
      assertThat(out.id()).isEqualTo(in.id());
      assertThat(out.role()).isEqualTo(Group.Role.LEADER);
      assertThat(in.role()).isEqualTo(Group.Role.FOLLOWER);
      assertThat(out.observer()).isFalse();
      assertThat(out.bytesSent()).isGreaterThan(10_000);
      assertThat(out.messagesSent()).isPositive();
      // What is on its way at this moment is sent and not received yet.
      assertThat(in.messagesReceived()).isBetween(out.messagesSent() - 5, out.messagesSent());
      assertThat(in.bytesReceived()).isBetween(out.bytesSent() - 1_000, out.bytesSent());
      assertThat(out.rtt()).isNotNull();
      assertThat(out.age()).isGreaterThan(Duration.ofSeconds(3));
      assertThat(out.silence()).isLessThan(Duration.ofSeconds(1));
    }
  }
}

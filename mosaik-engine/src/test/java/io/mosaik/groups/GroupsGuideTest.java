package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.groups.Group.Answered;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Placed;
import io.mosaik.groups.Group.Refused;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.config.QuorumPolicy;
import io.mosaik.id.PeerId;
import io.mosaik.runtime.Cancellation;
import io.mosaik.runtime.Strand;
import io.mosaik.sim.World;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs what {@code docs/groups.md} shows, and sees that it shows what runs. */
class GroupsGuideTest {

  private final World world = World.seeded(1);
  private final GroupKey key = GroupKey.of("a secret that the members share");
  private final Network n0 = world.network("n0", node -> {});
  private final Network n1 = world.network("n1", node -> node.bootstrap(n0.address()));

  @AfterEach
  void close() {
    world.close();
  }

  /** A cell that can be added to, and never falls below zero. */
  static final class Account implements StateMachine<Long, Long, Void, Long> {

    private long balance;

    @Override
    public String signature() {
      return "account.1";
    }

    @Override
    public Long apply(Long amount, ApplyContext context) {
      if (balance + amount < 0) {
        throw new IllegalArgumentException("there are only " + balance);
      }
      balance += amount;
      return balance;
    }

    @Override
    public Long query(Void query) {
      return balance;
    }

    @Override
    public void reset() {
      balance = 0;
    }

    @Override
    public Codec<Long> commandCodec() {
      return AMOUNT;
    }

    @Override
    public Codec<Void> queryCodec() {
      return new NoOp().queryCodec();
    }

    @Override
    public Codec<Long> answerCodec() {
      return AMOUNT;
    }

    private static final Codec<Long> AMOUNT =
        new Codec<>() {
          @Override
          public void encode(Long value, BinaryWriter out) {
            out.i64(value);
          }

          @Override
          public Long decode(BinaryReader in) {
            return in.i64();
          }
        };
  }

  @Test
  void the_page_runs() {
    Group<Long, Long, Void, Long> account =
        n0.groups().withKey(key).stateMachine(new Account()).join();

    account.when().isOnline().await();
    Executed<Long> deposited = account.execute(100L);

    assertThat(deposited.result()).isEqualTo(100);
    Group<Long, Long, Void, Long> other =
        n1.groups().withKey(key).stateMachine(new Account()).join();
    other.when().isOnline().await();

    commands(account);
    queries(account);
    leading(account);
    conditions(account);
  }

  /** Outside the group: takes no order of a leader when it has seen a later one. */
  private static final class Bank {

    private final List<Long> paid = new ArrayList<>();
    private long highestToken;

    void pay(long amount, long token) {
      if (token < highestToken) {
        throw new IllegalStateException("another leads since, by " + highestToken);
      }
      highestToken = token;
      paid.add(amount);
    }
  }

  private void leading(Group<Long, Long, Void, Long> account) {
    var due = new ArrayDeque<>(List.of(10L, 20L));
    var bank = new Bank();

    Cancellation duty =
        account.whileLeading(leadership -> {
          while (leadership.isHeld() && !due.isEmpty()) {
            bank.pay(due.remove(), leadership.token());
          }
        });

    world.runUntil("all is paid", due::isEmpty, Duration.ofSeconds(5));
    assertThat(bank.paid).containsExactly(10L, 20L);
    assertThat(bank.highestToken).isEqualTo(account.status().get().term());
    assertThat(account.leadership().get().isHeld()).isTrue();
    duty.cancel();
  }

  private static void commands(Group<Long, Long, Void, Long> account) {
    var balances = new ArrayList<Long>();
    var refusals = new ArrayList<@Nullable String>();

    List<Result<Long>> results = account.executeAll(List.of(50L, -500L, -30L));
    for (Result<Long> result : results) {
      switch (result) {
        case Executed<Long> done -> balances.add(done.result());
        case Refused<Long> refused -> refusals.add(refused.reason().getMessage());
      }
    }

    Placed placed = account.feed(7L);
    account.when().applied().reaches(placed.index()).await();

    assertThat(balances).containsExactly(150L, 120L);
    assertThat(refusals).containsExactly("the machine rejected the command: there are only 150");
  }

  @SuppressWarnings("NullAway") // a query of this machine says nothing
  private static void queries(Group<Long, Long, Void, Long> account) {
    Answered<Long> here = account.query(null, Consistency.WEAK);
    Answered<Long> everywhere = account.query(null, Consistency.STRONG, Duration.ofSeconds(5));

    assertThat(here.answer()).isEqualTo(127);
    assertThat(everywhere.answer()).isEqualTo(127);
  }

  private void conditions(Group<Long, Long, Void, Long> account) {
    var alarms = new ArrayList<Long>();
    Strand strand = world.host("n2").platform().newUserStrand("alarms");

    account.when().leaderElected().await(Duration.ofSeconds(30));
    CompletableFuture<PeerId> successor = account.when().leaderChanged().future();
    Cancellation alarm =
        account.when().isOffline().onMet(strand, status -> alarms.add(status.term()));

    world.runUntil("two vote", () -> account.committee().size() == 2, Duration.ofSeconds(30));
    account.transferLeadership();
    assertThat(world.await(successor, Duration.ofSeconds(10))).isEqualTo(n1.peerId());
    n1.close();
    world.runUntil("an alarm", () -> !alarms.isEmpty(), Duration.ofSeconds(30));
    alarm.cancel();
  }

  @Test
  void settings() {
    ConsensusConfig consensus =
        ConsensusConfig.builder().bootstrapExpect(3).electionTimeout(Duration.ofSeconds(1)).build();
    Group<Long, Long, Void, Long> settled =
        n0.groups()
            .withKey(key)
            .stateMachine(new Account())
            .consensus(consensus)
            .deprioritizeLeadership()
            .join();

    assertThat(settled.status().get().online()).isFalse();
  }

  @Test
  void a_group_that_is_available_down_to_one_member() {
    ConsensusConfig available =
        ConsensusConfig.builder().bootstrapExpect(3).quorumPolicy(QuorumPolicy.BONDED).build();
    Group<Long, Long, Void, Long> counters =
        n0.groups().withKey(key).stateMachine(new Account()).consensus(available).join();

    CompletableFuture<Reversion> undone = counters.when().applied().reverted().future();

    assertThat(undone).isNotDone();
  }

  @Test
  void the_page_shows_what_runs_here() throws IOException {
    String here =
        squeezed(Files.readString(Path.of("src/test/java/io/mosaik/groups/GroupsGuideTest.java")));
    String page = Files.readString(Path.of("../docs/groups.md"));
    var blocks = Pattern.compile("(?s)```java\n(.*?)```").matcher(page);
    int count = 0;
    while (blocks.find()) {
      assertThat(here).contains(squeezed(blocks.group(1)));
      count++;
    }
    assertThat(count).isEqualTo(8);
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}

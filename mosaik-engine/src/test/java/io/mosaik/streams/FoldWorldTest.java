package io.mosaik.streams;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import io.mosaik.id.Tag;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.Codecs;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A view begins with its producers' states and follows their datums, in a simulated world. */
class FoldWorldTest {

  @Datum("deposits")
  record Deposit(int amount) {}

  /** Tells the datums that it is of: two that are equal are of the same ones in the same order. */
  record Account(int deposits, long total, long chain) {

    static final Account EMPTY = new Account(0, 0, 17);

    Account plus(Deposit deposit) {
      if (deposit.amount() == 13) {
        throw new IllegalStateException("on purpose");
      }
      return new Account(
          deposits + 1, total + deposit.amount(), chain * 31 + deposit.amount() + deposits);
    }

    Account and(Account other) {
      return new Account(deposits + other.deposits, total + other.total, 0);
    }
  }

  private static final Fold<Deposit, Account> ACCOUNT =
      Fold.of("account", Account.EMPTY, Account::plus);

  private static Producer<Deposit> produce(
      StreamWorld.Node at, UnaryOperator<ProducerBuilder<Deposit>> settings) {
    return settings
        .apply(
            at.streams()
                .producer(Deposit.class)
                .onlineWhen(consumers -> consumers.minimumOf(0))
                .fold(ACCOUNT))
        .build();
  }

  private static Account send(Producer<Deposit> producer, Account before, int count) {
    Account account = before;
    for (int i = 0; i < count; i++) {
      var deposit = new Deposit(account.deposits() % 10 + 1);
      producer.send(deposit);
      account = account.plus(deposit);
    }
    return account;
  }

  private static void shows(StreamWorld world, View<Account> view, Account account) {
    world.until("it shows " + account, () -> view.get().equals(account));
  }

  @Test
  void who_comes_late_sees_what_was_before_and_what_follows() {
    try (var world = new StreamWorld(1)) {
      Producer<Deposit> producer = produce(world.start("p"), with -> with);
      Account account = send(producer, Account.EMPTY, 1_000);
      View<Account> view = world.start("v").streams().fold(Deposit.class, ACCOUNT);
      assertThat(view.get()).isEqualTo(Account.EMPTY);
      shows(world, view, account);
      shows(world, view, send(producer, account, 500));
      assertThat(view.stats().datums()).isEqualTo(500);
      assertThat(view.state().get().byProducer()).hasSize(1);
      assertThat(view.state().get().version()).isEqualTo(501);
      int stateBytes = ACCOUNT.codec().toBytes(account).length;
      assertThat(view.info()).isEqualTo(new ViewInfo(1, 501, 1, stateBytes, 0, 0));
      assertThat(producer.folds()).containsExactly(new FoldInfo("account", 0, 1, stateBytes, 0));

      var seen = new ArrayList<Long>();
      view.state().observe(Runnable::run, now -> seen.add(now.version()));
      producer.send(new Deposit(5));
      world.until("it is told", () -> seen.contains(502L));
      view.close();
      world.run(Duration.ofSeconds(1));
      assertThat(view.get().deposits()).isEqualTo(1_501);
    }
  }

  @Test
  void datums_that_are_sent_while_the_state_is_made_and_sent_follow_it() {
    try (var world = new StreamWorld(2)) {
      var node = world.start("p");
      Producer<Deposit> producer = produce(node, with -> with);
      View<Account> view = world.start("v").streams().fold(Deposit.class, ACCOUNT);
      Account account = Account.EMPTY;
      for (int i = 0; i < 3_000; i++) {
        account = send(producer, account, 3);
        world.run(Duration.ofMillis(1));
      }
      shows(world, view, account);
      assertThat(view.stats().datums()).isBetween(1L, 8_999L);
    }
  }

  @Test
  void a_viewer_whose_link_breaks_before_the_state_has_come_gets_it_over_the_next() {
    try (var world = new StreamWorld(3)) {
      Fold<Deposit, Book> book = book();
      Producer<Deposit> producer =
          world
              .start("p")
              .streams()
              .producer(Deposit.class)
              .onlineWhen(consumers -> consumers.minimumOf(0))
              .egressLimit(EgressLimit.bytes(100_000))
              .replay(Replay.last(1_000))
              .fold(book)
              .build();
      for (int i = 0; i < 200; i++) {
        producer.send(new Deposit(i));
      }
      View<Book> view = world.start("v").streams().fold(Deposit.class, book);
      view.when().subscribed().await();
      world.run(Duration.ofSeconds(1));
      assertThat(view.get().amounts()).as("the state takes 4 s").isEmpty();
      world.world().cut("p", "v");
      world.run(Duration.ofSeconds(20));
      world.world().mend("p", "v");
      world.until("it shows all", () -> view.get().amounts().size() == 200);
    }
  }

  @Test
  void who_waits_for_a_state_of_a_view_that_is_closed_is_told_so() {
    try (var world = new StreamWorld(20)) {
      Producer<Deposit> producer = produce(world.start("p"), with -> with);
      var v = world.start("v");
      View<Account> view = v.streams().fold(Deposit.class, ACCOUNT);
      Account account = send(producer, Account.EMPTY, 3);
      shows(world, view, account);
      v.host().platform().newUserStrand("closes").schedule(Duration.ofSeconds(2), view::close);
      Duration before = world.world().now();
      assertThatThrownBy(() -> view.await(state -> state.byProducer().isEmpty()))
          .isInstanceOf(ConsumerClosedException.class)
          .hasMessageContaining("deposits")
          .hasMessageContaining("is closed");
      assertThat(world.world().now().minus(before)).isLessThan(Duration.ofSeconds(3));

      assertThat(view.get()).as("what it has stays").isEqualTo(account);
      assertThat(view.await(state -> state.byProducer().size() == 1).byProducer()).hasSize(1);
      assertThatThrownBy(() -> view.await(state -> state.byProducer().isEmpty()))
          .isInstanceOf(ConsumerClosedException.class);
    }
  }

  /** All datums, so that it gets large. */
  record Book(List<Integer> amounts) {}

  private static Fold<Deposit, Book> book() {
    return Fold.<Deposit, Book>of(
            "book",
            new Book(List.of()),
            (before, deposit) -> {
              var more = new ArrayList<>(before.amounts());
              more.add(deposit.amount());
              return new Book(more);
            })
        .codec(
            new Codec<>() {
              @Override
              public void encode(Book value, BinaryWriter out) {
                out.varint(value.amounts().size());
                value.amounts().forEach(amount -> out.raw(new byte[2_000]).i32(amount));
              }

              @Override
              public Book decode(BinaryReader in) {
                var amounts = new ArrayList<Integer>();
                for (int count = in.count(10_000, 2_004); count > 0; count--) {
                  in.raw(2_000);
                  amounts.add(in.i32());
                }
                return new Book(amounts);
              }
            });
  }

  @Test
  void a_large_state_travels_in_parts_within_the_limits() {
    try (var world = new StreamWorld(3)) {
      Producer<Deposit> producer =
          world
              .start("p")
              .streams()
              .producer(Deposit.class)
              .onlineWhen(consumers -> consumers.minimumOf(0))
              .fold(book())
              .egressLimitPerConsumer(EgressLimit.bytes(500_000))
              .build();
      for (int i = 0; i < 1_000; i++) {
        producer.send(new Deposit(i));
      }
      View<Book> view = world.start("v").streams().fold(Deposit.class, book());
      world.until("subscribed", () -> view.when().subscribed().isMet());
      producer.send(new Deposit(1_000));
      world.run(Duration.ofSeconds(3));
      assertThat(view.get().amounts()).as("2 MB take 4 s").isEmpty();
      world.run(Duration.ofSeconds(2));
      assertThat(view.get().amounts()).hasSize(1_001).endsWith(999, 1_000);
    }
  }

  @Test
  void a_state_that_is_larger_than_allowed_is_not_sent() {
    try (var world = new StreamWorld(4)) {
      Producer<Deposit> producer =
          world
              .start("p")
              .streams()
              .producer(Deposit.class)
              .onlineWhen(consumers -> consumers.minimumOf(0))
              .fold(book().maxBytes(10_000))
              .build();
      for (int i = 0; i < 10; i++) {
        producer.send(new Deposit(i));
      }
      View<Book> view = world.start("v").streams().fold(Deposit.class, book());
      world.run(Duration.ofSeconds(10));
      assertThat(view.get().amounts()).isEmpty();
      assertThat(producer.refusals().get(Refusal.NO_CAPACITY)).isPositive();
    }
  }

  @Test
  void after_an_interruption_it_goes_on_with_what_the_past_holds_or_with_another_state() {
    for (Replay replay : List.of(Replay.last(1_000), Replay.NONE)) {
      try (var world = new StreamWorld(5)) {
        Producer<Deposit> producer = produce(world.start("p"), with -> with.replay(replay));
        View<Account> view = world.start("v").streams().fold(Deposit.class, ACCOUNT);
        world.until("subscribed", () -> view.when().subscribed().isMet());
        Account account = send(producer, Account.EMPTY, 100);
        shows(world, view, account);
        world.world().cut("p", "v");
        world.until("lost", () -> !view.when().subscribed().isMet());
        world.run(Duration.ofSeconds(5));
        Account later = send(producer, account, 100);
        world.run(Duration.ofSeconds(5));
        assertThat(view.get()).isEqualTo(account);
        world.world().mend("p", "v");
        shows(world, view, later);
        assertThat(view.stats().datums()).isEqualTo(replay.equals(Replay.NONE) ? 100 : 200);
      }
    }
  }

  @Test
  void of_several_producers_each_has_its_state_and_they_can_be_merged() {
    try (var world = new StreamWorld(6)) {
      var nodes = List.of(world.start("p"), world.start("q"));
      Account first = send(produce(nodes.get(0), with -> with), Account.EMPTY, 5);
      Account second = send(produce(nodes.get(1), with -> with), Account.EMPTY, 7);
      var viewer = world.start("v").streams();
      View<Account> merged = viewer.fold(Deposit.class, ACCOUNT.merging(Account::and));
      View<Account> each = viewer.fold(Deposit.class, ACCOUNT);
      shows(world, merged, first.and(second));
      world.until("both are there", () -> each.state().get().byProducer().size() == 2);
      assertThat(each.state().get().byProducer())
          .containsEntry(nodes.get(0).peerId(), first)
          .containsEntry(nodes.get(1).peerId(), second);
      assertThatThrownBy(each::get)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Fold.merging");
    }
  }

  @Test
  void a_producer_that_is_not_wanted_any_more_leaves_the_view() {
    try (var world = new StreamWorld(7)) {
      var p = world.start("p", "liked");
      var q = world.start("q", "likable");
      send(produce(p, with -> with), Account.EMPTY, 5);
      Account other = send(produce(q, with -> with), Account.EMPTY, 7);
      View<Account> view =
          world
              .start("v")
              .streams()
              .consumer(Deposit.class)
              .subscribeIf(peer -> peer.hasTag("liked"))
              .fold(ACCOUNT);
      world.until("the first", () -> view.state().get().byProducer().containsKey(p.peerId()));
      p.discovery().removeTags(Tag.of("liked"));
      q.discovery().addTags(Tag.of("liked"));
      shows(world, view, other);
      assertThat(view.state().get().byProducer()).containsOnlyKeys(q.peerId());
    }
  }

  @Test
  void a_producer_that_is_not_wanted_any_more_while_its_link_is_down_leaves_the_view() {
    try (var world = new StreamWorld(21)) {
      var p = world.start("p", "liked");
      world.start("between"); // tells each of the other
      Account account = send(produce(p, with -> with), Account.EMPTY, 5);
      View<Account> view =
          world
              .start("v")
              .streams()
              .consumer(Deposit.class)
              .subscribeIf(peer -> peer.hasTag("liked"))
              .fold(ACCOUNT);
      shows(world, view, account);
      world.world().cut("p", "v");
      world.until("lost", () -> !view.when().subscribed().isMet());
      assertThat(view.get()).as("an interruption changes nothing").isEqualTo(account);

      p.discovery().removeTags(Tag.of("liked"));
      world.until("it is not wanted", () -> view.state().get().byProducer().isEmpty());
      world.world().mend("p", "v");
      p.discovery().addTags(Tag.of("liked"));
      shows(world, view, account);
    }
  }

  @Test
  void a_producer_that_comes_back_and_is_not_wanted_any_more_leaves_the_view() {
    try (var world = new StreamWorld(22)) {
      var p = world.start("p", "liked");
      var q = world.start("q", "liked");
      send(produce(p, with -> with), Account.EMPTY, 5);
      send(produce(q, with -> with), Account.EMPTY, 7);
      var v = world.start("v");
      View<Account> view =
          v.streams()
              .consumer(Deposit.class)
              .subscribeIf(peer -> peer.hasTag("liked"))
              .fold(ACCOUNT);
      world.until("both", () -> view.state().get().byProducer().size() == 2);
      world.world().crash("p");
      world.until("gone", () -> v.discovery().catalog().get().get(p.peerId()) == null);
      world.run(Duration.ofSeconds(10));
      assertThat(view.state().get().byProducer()).as("it leaves its last state").hasSize(2);

      world.world().restart("p");
      produce(world.start("p", "disliked"), with -> with);
      world.until("it is not wanted", () -> view.state().get().byProducer().size() == 1);
      assertThat(view.state().get().byProducer()).containsOnlyKeys(q.peerId());
    }
  }

  @Test
  void a_producer_without_the_fold_is_told_apart() {
    try (var world = new StreamWorld(8)) {
      Producer<Deposit> producer = world.start("p").streams().produce(Deposit.class);
      View<Account> view = world.start("v").streams().fold(Deposit.class, ACCOUNT);
      world.until("refused", () -> producer.refusals().getOrDefault(Refusal.NOT_FOUND, 0L) == 1);
      world.run(Duration.ofSeconds(5));
      assertThat(producer.refusals().get(Refusal.NOT_FOUND)).as("until its entry changes").isOne();
      assertThat(view.get()).isEqualTo(Account.EMPTY);
    }
  }

  @Test
  void a_reducer_that_fails_fails_alike_on_both_ends() {
    try (var world = new StreamWorld(9)) {
      Producer<Deposit> producer = produce(world.start("p"), with -> with);
      View<Account> early = world.start("v").streams().fold(Deposit.class, ACCOUNT);
      world.until("subscribed", () -> early.state().get().byProducer().size() == 1);
      for (int amount : new int[] {1, 13, 2}) {
        producer.send(new Deposit(amount));
      }
      Account account = Account.EMPTY.plus(new Deposit(1)).plus(new Deposit(2));
      shows(world, early, account);
      shows(world, world.start("w").streams().fold(Deposit.class, ACCOUNT), account);
    }
  }

  /** Reads no deposits that are so. */
  private static Codec<Deposit> unreadable(Predicate<Deposit> which) {
    return new Codec<>() {
      private final Codec<Deposit> cbor = Codecs.cbor(Deposit.class);

      @Override
      public void encode(Deposit value, BinaryWriter out) {
        cbor.encode(value, out);
      }

      @Override
      public Deposit decode(BinaryReader in) {
        Deposit read = cbor.decode(in);
        if (which.test(read)) {
          throw new MalformedException("on purpose");
        }
        return read;
      }
    };
  }

  @Test
  void a_datum_that_can_not_be_read_makes_it_begin_with_another_state() {
    try (var world = new StreamWorld(10)) {
      Producer<Deposit> producer = produce(world.start("p"), with -> with);
      var view =
          world
              .start("v")
              .streams()
              .consumer(Deposit.class)
              .codec(unreadable(deposit -> deposit.amount() == 7))
              .fold(ACCOUNT);
      world.until("subscribed", () -> view.state().get().byProducer().size() == 1);
      shows(world, view, send(producer, Account.EMPTY, 20));
    }
  }

  @Test
  void a_view_that_is_too_slow_for_what_is_left_out_begins_with_another_state() {
    try (var world = new StreamWorld(11)) {
      Producer<Deposit> producer =
          produce(
              world.start("p"),
              with -> with.bufferSize(8).slowConsumers(SlowConsumerPolicy.DROP_OLDEST));
      View<Account> view =
          world.start("v").streams().consumer(Deposit.class).bufferSize(4).fold(ACCOUNT);
      world.until("subscribed", () -> view.state().get().byProducer().size() == 1);
      Account account = Account.EMPTY;
      for (int i = 0; i < 50; i++) {
        account = send(producer, account, 40);
        world.run(Duration.ofMillis(20));
      }
      assertThat(view.stats().gaps()).isPositive();
      shows(world, view, account);
      for (int i = 0; i < 12; i++) { // data has come since: each wait is the first one
        world.world().cut("p", "v");
        world.until("it is cut off", () -> !view.when().subscribed().isMet());
        world.world().mend("p", "v");
        world
            .world()
            .runUntil("it is back", () -> view.when().subscribed().isMet(), Duration.ofSeconds(10));
        account = send(producer, account, 4);
        shows(world, view, account);
      }
    }
  }

  @Test
  void who_can_read_no_datum_asks_for_the_state_ever_more_rarely() {
    try (var world = new StreamWorld(25)) {
      Producer<Deposit> producer = produce(world.start("p"), with -> with);
      var readable = new AtomicBoolean();
      View<Account> view =
          world
              .start("v")
              .streams()
              .consumer(Deposit.class)
              .codec(unreadable(deposit -> !readable.get()))
              .fold(ACCOUNT);
      Account account = Account.EMPTY;
      for (int i = 0; i < 600; i++) {
        account = send(producer, account, 10);
        world.run(Duration.ofMillis(100));
      }
      assertThat(producer.folds().getFirst().states()).isBetween(3L, 15L);
      readable.set(true);
      Account all = account;
      world.world().runUntil("it shows all", () -> view.get().equals(all), Duration.ofMinutes(6));
      long states = producer.folds().getFirst().states();
      for (int i = 0; i < 600; i++) {
        account = send(producer, account, 10);
        world.run(Duration.ofMillis(100));
      }
      shows(world, view, account);
      assertThat(producer.folds().getFirst().states()).isLessThanOrEqualTo(states + 1);
    }
  }

  /** One turn of the view takes fewer datums than those between two states. */
  @Test
  void a_view_that_is_behind_by_more_than_one_state_never_shows_a_hole() {
    try (var world = new StreamWorld(24)) {
      Producer<Deposit> producer = produce(world.start("p"), with -> with);
      var v = world.start("v");
      var gate = new CompletableFuture<Void>();
      Fold<Deposit, Account> gated =
          Fold.of(
              "account",
              Account.EMPTY,
              (account, deposit) -> {
                if (deposit.amount() == 99) {
                  v.host().platform().await(gate, Duration.ofHours(1));
                }
                return account.plus(deposit);
              });
      View<Account> view = v.streams().fold(Deposit.class, gated);
      List<Account> shown = new ArrayList<>();
      view.state().observe(Runnable::run, now -> shown.addAll(now.byProducer().values()));
      List<Account> history = new ArrayList<>(List.of(Account.EMPTY));
      deposit(producer, history, 5, 1);
      world.until("the first one", () -> view.get().equals(history.getLast()));
      deposit(producer, history, 99, 1);
      for (int interruption = 0; interruption < 2; interruption++) {
        world.run(Duration.ofMillis(100));
        world.world().cut("p", "v");
        world.until("it is cut off", () -> !view.when().subscribed().isMet());
        deposit(producer, history, 1, 10);
        world.world().mend("p", "v");
        world.until("it is back", () -> view.when().subscribed().isMet());
        world.run(Duration.ofMillis(100));
        deposit(producer, history, 2, 700);
      }
      world.run(Duration.ofMillis(100));
      gate.complete(null);
      shows(world, view, history.getLast());
      assertThat(history).containsAll(shown);
    }
  }

  private static void deposit(
      Producer<Deposit> producer, List<Account> history, int amount, int count) {
    for (int i = 0; i < count; i++) {
      history.add(history.getLast().plus(new Deposit(amount)));
      producer.send(new Deposit(amount));
    }
  }

  @Test
  void a_view_has_no_criteria_and_folds_have_names_of_their_own() {
    try (var world = new StreamWorld(12)) {
      var streams = world.start("p").streams();
      assertThatThrownBy(() ->
              streams
                  .consumer(Deposit.class)
                  .criteria(Criteria.where("amount").is(1))
                  .fold(ACCOUNT))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> streams.producer(Deposit.class).fold(ACCOUNT).fold(ACCOUNT))
          .hasMessageContaining("'account' already");
      assertThatThrownBy(() -> ACCOUNT.maxBytes(0)).hasMessageContaining("give 1 to");
    }
  }

  /** A producer that says what it is told to instead of a state. */
  private static CloseReason answer(StreamMessage... instead) {
    try (var world = new StreamWorld(13)) {
      var closes = new ArrayList<CloseReason>();
      var rogue =
          world.startRogue(
              "r",
              new LinkHandler<>() {
                @Override
                public void received(
                    Link<StreamMessage> link, StreamMessage message, int wireBytes) {
                  if (message instanceof StreamMessage.Subscribe) {
                    link.send(new StreamMessage.Accepted(1, 5));
                    for (StreamMessage next : instead) {
                      link.send(next);
                    }
                  }
                }

                @Override
                public void closed(Link<StreamMessage> link, CloseReason reason) {
                  closes.add(reason);
                }
              });
      rogue.discovery().advertise(StreamName.of(Deposit.class).id());
      View<Account> view = world.start("v").streams().fold(Deposit.class, ACCOUNT);
      world.until("closed", () -> !closes.isEmpty());
      assertThat(view.get()).isEqualTo(Account.EMPTY);
      return closes.get(0);
    }
  }

  @Test
  void what_is_no_proper_state_closes_the_link() {
    var part = new StreamMessage.StatePart(new byte[] {1, 2});
    Digest digest = Digest.hash(new byte[] {1, 2});
    for (StreamMessage[] instead :
        new StreamMessage[][] {
          {new StreamMessage.State(1L << 40, digest)},
          {new StreamMessage.State(1, digest), part},
          {new StreamMessage.State(2, Digest.hash(new byte[0])), part},
          {part},
          {new StreamMessage.State(3, digest), new StreamMessage.State(3, digest)},
          {datum()},
          {new StreamMessage.State(3, digest), part, datum()},
        }) {
      assertThat(answer(instead).is(CloseReason.PROTOCOL_VIOLATION)).isTrue();
    }
  }

  private static StreamMessage datum() {
    return DatumBatch.encode(5, List.of(new BinaryWriter().u8(1))).batch();
  }

  @Test
  void whatever_happens_a_view_is_the_state_of_some_beginning_and_in_the_end_of_all() {
    for (long seed = 1; seed <= 10; seed++) {
      try (var run = new Run(seed)) {
        for (int step = 0; step < 60; step++) {
          run.step();
        }
        run.settle();
      }
    }
  }

  /** Producers and viewers that are cut, crash and come back. */
  private static final class Run implements AutoCloseable {

    private static final List<String> PRODUCERS = List.of("p0", "p1");
    private static final List<String> VIEWERS = List.of("v0", "v1");

    private final long seed;
    private final StreamWorld world;
    private final RandomGenerator random;
    private final Map<String, Producer<Deposit>> producers = new LinkedHashMap<>();
    private final Map<String, PeerId> peers = new LinkedHashMap<>();

    /** Of each producer all accounts there ever were, those of earlier lives included. */
    private final Map<PeerId, List<Account>> history = new LinkedHashMap<>();

    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, View<Account>> views = new LinkedHashMap<>();
    private @Nullable String down;

    Run(long seed) {
      this.seed = seed;
      world = new StreamWorld(seed);
      random = world.world().random();
      PRODUCERS.forEach(this::start);
      VIEWERS.forEach(this::start);
      world.run(Duration.ofSeconds(3));
    }

    private void start(String name) {
      var node = world.start(name);
      if (PRODUCERS.contains(name)) {
        boolean keeps = random.nextBoolean();
        producers.put(
            name,
            produce(
                node, with -> with.bufferSize(64).replay(keeps ? Replay.last(200) : Replay.NONE)));
        peers.put(name, node.peerId());
        accounts.put(name, Account.EMPTY);
        history.computeIfAbsent(node.peerId(), peer -> new ArrayList<>()).add(Account.EMPTY);
      } else {
        views.put(name, node.streams().consumer(Deposit.class).bufferSize(32).fold(ACCOUNT));
      }
    }

    void step() {
      String producer = PRODUCERS.get(random.nextInt(2));
      String viewer = VIEWERS.get(random.nextInt(2));
      if (random.nextInt(3) == 0) {
        world.world().cut(producer, viewer);
      } else {
        world.world().mend(producer, viewer);
      }
      crashOrRestart(random.nextBoolean() ? producer : viewer);
      for (String name : PRODUCERS) {
        for (int count = random.nextInt(1, 80); count > 0 && !name.equals(down); count--) {
          var deposit = new Deposit(random.nextInt(10));
          if (requireNonNull(producers.get(name)).trySend(deposit).isSent()) {
            Account next = requireNonNull(accounts.get(name)).plus(deposit);
            accounts.put(name, next);
            requireNonNull(history.get(peers.get(name))).add(next);
          }
        }
      }
      world.run(Duration.ofMillis(random.nextInt(1, 1_500)));
      check();
    }

    private void crashOrRestart(String name) {
      String now = down;
      if (now != null && random.nextInt(4) == 0) {
        restart(now);
      } else if (now == null && random.nextInt(8) == 0) {
        world.world().crash(name);
        down = name;
      }
    }

    private void restart(String name) {
      down = null;
      world.world().restart(name);
      start(name);
    }

    private void check() {
      for (View<Account> view : views.values()) {
        view.state()
            .get()
            .byProducer()
            .forEach((peer, account) ->
                assertThat(requireNonNull(history.get(peer)))
                    .as("seed %d", seed)
                    .contains(account));
      }
    }

    void settle() {
      if (down != null) {
        restart(down);
      }
      world.world().heal();
      for (String viewer : VIEWERS) {
        for (String producer : PRODUCERS) {
          world
              .world()
              .runUntil(
                  viewer + " has all of " + producer + ", seed " + seed,
                  () ->
                      requireNonNull(accounts.get(producer))
                          .equals(
                              requireNonNull(views.get(viewer))
                                  .state()
                                  .get()
                                  .byProducer()
                                  .get(peers.get(producer))),
                  Duration.ofMinutes(6));
        }
      }
    }

    @Override
    public void close() {
      world.close();
    }
  }
}

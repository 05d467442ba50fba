package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.runtime.Strand;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** The rules of Reactive Streams for publishers, by its own test kit, on real threads. */
class PublicationTest {

  private static final RealPlatform PLATFORM = new RealPlatform();

  @AfterAll
  static void close() {
    PLATFORM.close();
  }

  /** Where all is there before it is asked for. */
  @TestFactory
  Stream<DynamicTest> rules_of_a_full_inbox() {
    return rules(Numbers::new);
  }

  /** Where it comes little by little, so that whoever asks mostly has to wait. */
  @TestFactory
  Stream<DynamicTest> rules_of_an_inbox_that_is_being_filled() {
    return rules(Arriving::new);
  }

  /** Each rule of the kit is a test of its name, but those about several subscribers at a time. */
  private static Stream<DynamicTest> rules(LongFunction<Inbox<Long>> inboxes) {
    return Arrays.stream(Rules.class.getMethods())
        .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
        .filter(method -> !method.getName().startsWith("untested_"))
        .filter(method -> !method.getName().startsWith("optional_spec111_"))
        .sorted(Comparator.comparing(Method::getName))
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(method, inboxes)));
  }

  private static void run(Method rule, LongFunction<Inbox<Long>> inboxes) throws Throwable {
    var rules = new Rules(inboxes);
    rules.setUp();
    try {
      rule.invoke(rules);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SkipException skipped) {
        throw new TestAbortedException(skipped.getMessage());
      }
      throw e.getCause();
    } finally {
      rules.strands.forEach(Strand::close);
    }
  }

  /** Publishes numbers from 1 on. */
  public static final class Rules extends FlowPublisherVerification<Received<Long>> {

    private final LongFunction<Inbox<Long>> inboxes;
    private final List<Strand> strands = new CopyOnWriteArrayList<>();

    Rules(LongFunction<Inbox<Long>> inboxes) {
      super(new TestEnvironment(500, 100));
      this.inboxes = inboxes;
    }

    @Override
    public Flow.Publisher<Received<Long>> createFlowPublisher(long elements) {
      Inbox<Long> inbox = inboxes.apply(elements);
      if (inbox instanceof Arriving arriving) {
        Strand feeder = PLATFORM.newUserStrand("feeder");
        strands.add(feeder);
        feeder.execute(() -> arriving.arrive(feeder));
      }
      return new Publication<>(inbox, () -> PLATFORM.newUserStrand("published"));
    }

    @Override
    public Flow.Publisher<Received<Long>> createFailedFlowPublisher() {
      Flow.Publisher<Received<Long>> taken = createFlowPublisher(1);
      taken.subscribe(new Idle());
      return taken;
    }
  }

  /** Has the publisher for itself, and wants nothing of it. */
  private static final class Idle implements Flow.Subscriber<Object> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {}

    @Override
    public void onNext(Object next) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onComplete() {}
  }

  /** As many numbers as asked for, then the end. */
  private record Numbers(long count, AtomicLong taken, PeerId from) implements Inbox<Long> {

    Numbers(long count) {
      this(count, new AtomicLong(), SecretKey.of("from").peerId());
    }

    @Override
    public @Nullable Received<Long> poll() {
      long before = taken.getAndUpdate(now -> now < count ? now + 1 : now);
      return before < count ? new Received<>(before + 1, from) : null;
    }

    @Override
    public void giveBack(Received<Long> datum) {
      taken.decrementAndGet();
    }

    @Override
    public boolean isEmpty() {
      return taken.get() == count;
    }

    @Override
    public boolean isOver() {
      return true;
    }

    @Override
    public CompletableFuture<Void> arrival() {
      return new CompletableFuture<>();
    }

    @Override
    public ConsumerClosedException closedError() {
      return new ConsumerClosedException("over");
    }
  }

  /** The same numbers, two at a time, while few wait. */
  private static final class Arriving implements Inbox<Long> {

    private static final int MOST_WAITING = 100;
    private static final Duration PAUSE = Duration.ofNanos(20_000);
    private static final PeerId FROM = SecretKey.of("from").peerId();

    private final long count;
    private final ArrayDeque<Received<Long>> waiting = new ArrayDeque<>();
    private CompletableFuture<Void> arrival = new CompletableFuture<>();
    private long arrived;

    Arriving(long count) {
      this.count = count;
    }

    void arrive(Strand feeder) {
      CompletableFuture<Void> before;
      synchronized (this) {
        for (int i = 0; i < 2 && arrived < count && waiting.size() < MOST_WAITING; i++) {
          waiting.add(new Received<>(++arrived, FROM));
        }
        before = arrival;
        arrival = new CompletableFuture<>();
      }
      before.complete(null);
      if (!isOver()) {
        var unused = feeder.schedule(PAUSE, () -> arrive(feeder));
      }
    }

    @Override
    public synchronized @Nullable Received<Long> poll() {
      return waiting.poll();
    }

    @Override
    public synchronized void giveBack(Received<Long> datum) {
      waiting.addFirst(datum);
    }

    @Override
    public synchronized boolean isEmpty() {
      return waiting.isEmpty();
    }

    @Override
    public synchronized boolean isOver() {
      return arrived == count;
    }

    @Override
    public synchronized CompletableFuture<Void> arrival() {
      return arrival;
    }

    @Override
    public ConsumerClosedException closedError() {
      return new ConsumerClosedException("over");
    }
  }
}

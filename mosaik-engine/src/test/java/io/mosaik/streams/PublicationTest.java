package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.RealPlatform;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
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

  /** Each rule of the kit is a test of its name, but those about several subscribers at a time. */
  @TestFactory
  Stream<DynamicTest> rules() {
    return Arrays.stream(Rules.class.getMethods())
        .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
        .filter(method -> !method.getName().startsWith("untested_"))
        .filter(method -> !method.getName().startsWith("optional_spec111_"))
        .sorted(Comparator.comparing(Method::getName))
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(method)));
  }

  private static void run(Method rule) throws Throwable {
    var rules = new Rules();
    rules.setUp();
    try {
      rule.invoke(rules);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SkipException skipped) {
        throw new TestAbortedException(skipped.getMessage());
      }
      throw e.getCause();
    }
  }

  /** Publishes numbers from 1 on. */
  public static final class Rules extends FlowPublisherVerification<Received<Long>> {

    Rules() {
      super(new TestEnvironment(500, 100));
    }

    @Override
    public Flow.Publisher<Received<Long>> createFlowPublisher(long elements) {
      return new Publication<>(new Numbers(elements), () -> PLATFORM.newUserStrand("published"));
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
}

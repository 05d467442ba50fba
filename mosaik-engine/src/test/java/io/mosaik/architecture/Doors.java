package io.mosaik.architecture;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;

/** What a class behind a door may not touch. Calls, method references and types all count. */
final class Doors {

  private static final String CONCURRENT = "java.util.concurrent";

  private static final Set<String> CLOCK_METHODS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.util.Calendar.getInstance",
          "java.time.Clock.system",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.time.Clock.tick",
          "java.time.Clock.tickMillis",
          "java.time.Clock.tickMinutes",
          "java.time.Clock.tickSeconds",
          "java.time.InstantSource.system");

  private static final Set<String> UNSEEDED_METHODS =
      Set.of(
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.random.RandomGenerator.of",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator$StreamableGenerator.of",
          "java.util.random.RandomGenerator$SplittableGenerator.of");

  private static final Set<String> GENERATORS =
      Set.of("java.util.Random", "java.util.SplittableRandom");

  private static final Set<String> LOOKS_AT_A_THREAD =
      Set.of("currentThread", "getName", "isInterrupted");

  private static final Set<String> UNORDERED =
      Set.of(
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap",
          CONCURRENT + ".ConcurrentHashMap");

  /** Makers of sets and maps whose order differs from one run of the JVM to the next. */
  private static final Set<String> UNORDERED_MAKERS =
      Set.of(
          "java.util.Set.copyOf",
          "java.util.Map.copyOf",
          "java.util.Map.ofEntries",
          "java.util.stream.Collectors.toSet",
          "java.util.stream.Collectors.toUnmodifiableSet",
          "java.util.stream.Collectors.toUnmodifiableMap",
          CONCURRENT + ".ConcurrentHashMap.newKeySet",
          "org.pcollections.HashTreePMap.empty",
          "org.pcollections.HashTreePSet.empty");

  private static final Set<String> LOCKS =
      Set.of(
          CONCURRENT + ".CountDownLatch",
          CONCURRENT + ".CyclicBarrier",
          CONCURRENT + ".Exchanger",
          CONCURRENT + ".Phaser",
          CONCURRENT + ".Semaphore");

  private Doors() {}

  static ArchCondition<JavaClass> notReadTheSystemClock() {
    return notAccess(
        "read the system's clock",
        access ->
            CLOCK_METHODS.contains(nameOf(access))
                || (access.getName().equals("now")
                    && access.getTargetOwner().getPackageName().startsWith("java.time"))
                || isConstructorOf(access, "java.util.Date", 0));
  }

  static ArchCondition<JavaClass> notTouchThreads() {
    return notUseType(
        "touch threads or executors",
        type ->
            type.isAssignableTo(Thread.class)
                || type.getName().startsWith("java.lang.Thread$")
                || isExecutor(type));
  }

  static ArchCondition<JavaClass> notStartThreads() {
    return notUseTypeOrAccess(
        "start threads or use executors",
        type -> type.getName().startsWith("java.lang.Thread$") || isExecutor(type),
        access ->
            access.getTargetOwner().isAssignableTo(Thread.class)
                && !LOOKS_AT_A_THREAD.contains(access.getName()));
  }

  static ArchCondition<JavaClass> notDrawUnseededRandomness() {
    return notUseTypeOrAccess(
        "draw randomness that no seed decides",
        type ->
            type.getName().equals(CONCURRENT + ".ThreadLocalRandom")
                || (type.getPackageName().equals("java.security")
                    && type.getSimpleName().startsWith("SecureRandom"))
                || type.getName().equals("java.util.random.RandomGeneratorFactory"),
        access ->
            UNSEEDED_METHODS.contains(nameOf(access))
                || isConstructorOf(access, "java.util.Random", 0)
                || isConstructorOf(access, "java.util.SplittableRandom", 0)
                || (nameOf(access).equals("java.util.Collections.shuffle")
                    && parameterCount(access) == 1));
  }

  static ArchCondition<JavaClass> notMakeGenerators() {
    return notAccess(
        "make random generators",
        access ->
            access.getName().equals("<init>")
                && GENERATORS.contains(access.getTargetOwner().getName()));
  }

  static ArchCondition<JavaClass> notTouchSockets() {
    return notUseTypeOrAccess(
        "touch sockets or resolve names",
        type ->
            (type.getPackageName().equals("java.net") && isSocketOrAddress(type.getSimpleName()))
                || (type.getPackageName().equals("java.nio.channels")
                    && isNetworkChannel(type.getSimpleName()))
                || type.getPackageName().startsWith("java.net.http")
                || type.getPackageName().startsWith("javax.net"),
        // Two arguments: host and port, where the host is looked up.
        access ->
            isConstructorOf(access, "java.net.InetSocketAddress", 2)
                || nameOf(access).equals("java.net.InetSocketAddress.getHostName"));
  }

  static ArchCondition<JavaClass> notUseTimedOrPooledFutures() {
    return notAccess(
        "use timed or pooled futures",
        access -> {
          if (!access.getTargetOwner().isAssignableTo(CompletionStage.class)) {
            return false;
          }
          return switch (access.getName()) {
            case "orTimeout", "completeOnTimeout", "delayedExecutor", "defaultExecutor" -> true;
            default -> access.getName().endsWith("Async") && !takesAnExecutor(access);
          };
        });
  }

  static ArchCondition<JavaClass> notBlockOnFutures() {
    return notAccess(
        "block on futures",
        access ->
            access.getTargetOwner().isAssignableTo(Future.class)
                && (access.getName().equals("get") || access.getName().equals("join")));
  }

  static ArchCondition<JavaClass> notUseLocks() {
    return notUseTypeOrAccess(
        "use locks or blocking queues",
        type ->
            type.getPackageName().equals(CONCURRENT + ".locks")
                || LOCKS.contains(type.getName())
                || type.isAssignableTo(BlockingQueue.class),
        access ->
            access.getTargetOwner().isEquivalentTo(Object.class)
                && (access.getName().equals("wait") || access.getName().startsWith("notify")));
  }

  /** A constant may be unordered: one looks things up in it. */
  static ArchCondition<JavaClass> notMakeUnorderedCollections() {
    return notAccess(
        "make collections without an order",
        access ->
            !access.getOrigin().getName().equals("<clinit>")
                && (UNORDERED_MAKERS.contains(nameOf(access))
                    || (access.getName().equals("<init>")
                        && UNORDERED.contains(access.getTargetOwner().getName()))
                    || (nameOf(access).equals("java.util.Set.of") && parameterCount(access) > 1)
                    || (nameOf(access).equals("java.util.Map.of") && parameterCount(access) > 2)));
  }

  static ArchCondition<JavaClass> bePure(String root) {
    Set<String> transport =
        Set.of("Connection", "ConnectionHandler", "Endpoint", "Link", "LinkHandler", "Links");
    return notUseType(
        "know runtime, links, concurrency, sockets or files",
        type ->
            type.getPackageName().equals(root + ".runtime")
                || (type.getPackageName().equals(root + ".transport")
                    && transport.contains(type.getSimpleName()))
                || type.getPackageName().startsWith(CONCURRENT)
                || type.isAssignableTo(Executor.class)
                || type.getPackageName().startsWith("java.net")
                || type.getPackageName().equals("java.nio.channels")
                || type.getPackageName().startsWith("java.nio.file")
                || type.getName().equals("java.io.File"));
  }

  private static boolean isExecutor(JavaClass type) {
    return type.isAssignableTo(ThreadLocal.class)
        || type.isAssignableTo(ExecutorService.class)
        || type.isAssignableTo(ThreadFactory.class)
        || type.getName().equals(CONCURRENT + ".Executors")
        || type.getName().equals(CONCURRENT + ".ExecutorCompletionService")
        || type.getName().startsWith(CONCURRENT + ".ForkJoin")
        || type.getName().equals("java.util.Timer")
        || type.getName().equals("java.util.TimerTask");
  }

  private static boolean isSocketOrAddress(String name) {
    if (name.endsWith("SocketAddress")) {
      return false;
    }
    return name.contains("Socket")
        || name.startsWith("Datagram")
        || (name.startsWith("Inet") && name.endsWith("Address"))
        || name.equals("NetworkInterface")
        || name.equals("URL")
        || name.startsWith("URLConnection")
        || name.startsWith("HttpURLConnection");
  }

  private static boolean isNetworkChannel(String name) {
    return name.contains("Socket")
        || name.startsWith("Datagram")
        || name.startsWith("Selector")
        || name.startsWith("NetworkChannel");
  }

  private static boolean isConstructorOf(JavaAccess<?> access, String type, int parameters) {
    return access.getName().equals("<init>")
        && access.getTargetOwner().getName().equals(type)
        && parameterCount(access) == parameters;
  }

  private static int parameterCount(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        ? target.getRawParameterTypes().size()
        : -1;
  }

  private static boolean takesAnExecutor(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        && target.getRawParameterTypes().stream().anyMatch(t -> t.isEquivalentTo(Executor.class));
  }

  private static String nameOf(JavaAccess<?> access) {
    return access.getTargetOwner().getName() + "." + access.getName();
  }

  private static ArchCondition<JavaClass> notUseType(String what, Predicate<JavaClass> forbidden) {
    return notUseTypeOrAccess(what, forbidden, access -> false);
  }

  private static ArchCondition<JavaClass> notAccess(
      String what, Predicate<JavaAccess<?>> forbidden) {
    return notUseTypeOrAccess(what, type -> false, forbidden);
  }

  private static ArchCondition<JavaClass> notUseTypeOrAccess(
      String what, Predicate<JavaClass> forbiddenType, Predicate<JavaAccess<?>> forbiddenAccess) {
    return new ArchCondition<>("not " + what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          if (forbiddenType.test(dependency.getTargetClass().getBaseComponentType())) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          if (forbiddenAccess.test(access)) {
            events.add(SimpleConditionEvent.violated(access, access.getDescription()));
          }
        }
      }
    };
  }
}

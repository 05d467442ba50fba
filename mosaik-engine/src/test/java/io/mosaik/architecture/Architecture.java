package io.mosaik.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;

/**
 * The rules over compiled classes, for a house whose root package is {@code root}. A rule is
 * satisfied by packages that don't exist.
 *
 * @param root the package that holds the layers, {@code io.mosaik} for the engine itself
 */
record Architecture(String root) {

  /** Every rule, each with its reason in its text. */
  List<ArchRule> rules() {
    return List.of(
        importsPointDown(),
        everyPackageHasALayer(),
        noCycles(),
        nothingSeesTheSimulation(),
        nettyStaysInTheTransport(),
        theClockHasADoor(),
        threadsHaveADoor(),
        theSimulationHasOneThread(),
        randomnessHasADoor(),
        seededRandomnessHasADoor(),
        socketsHaveADoor(),
        futuresRunWhereTheyAreTold(),
        waitsHaveADoor(),
        noLocks(),
        noSynchronizedMethods(),
        iterationHasAnOrder(),
        protocolCoresArePure(),
        everyPackageIsNullMarked(),
        noMutableStatics(),
        noOptionalFields(),
        noOptionalParameters(),
        noCheckedExceptions());
  }

  ArchRule importsPointDown() {
    return classes()
        .that(liveIn(""))
        .should(new Layers(root).importOnlyDown())
        .as("Imports point down only: " + String.join(" -> ", Layers.NAMES))
        .allowEmptyShould(true);
  }

  ArchRule everyPackageHasALayer() {
    return classes()
        .that(liveIn(""))
        .should(new Layers(root).belongToALayer())
        .as("Every package belongs to a layer, or to the simulation")
        .allowEmptyShould(true);
  }

  ArchRule noCycles() {
    return slices()
        .assignedFrom(new PackageSlices(root))
        .should()
        .beFreeOfCycles()
        .as("Packages, subpackages included, import each other in no cycle")
        .allowEmptyShould(true);
  }

  ArchRule nothingSeesTheSimulation() {
    return noClasses()
        .that(liveIn("").and(DescribedPredicate.not(liveIn("sim"))))
        .should()
        .dependOnClassesThat(liveIn("sim"))
        .as("What ships knows nothing of the simulation")
        .allowEmptyShould(true);
  }

  ArchRule nettyStaysInTheTransport() {
    return noClasses()
        .that(liveIn("").and(DescribedPredicate.not(liveIn("transport.quic"))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .as("Netty is known to transport.quic alone")
        .allowEmptyShould(true);
  }

  ArchRule theClockHasADoor() {
    return behindTheDoor()
        .should(Doors.notReadTheSystemClock())
        .as("Time comes from the platform's Clock, not from the system")
        .allowEmptyShould(true);
  }

  ArchRule threadsHaveADoor() {
    return classes()
        .that(outside("runtime", "transport.quic", "sim"))
        .should(Doors.notTouchThreads())
        .as("Work runs on a Strand, not on threads and executors of its own")
        .allowEmptyShould(true);
  }

  ArchRule theSimulationHasOneThread() {
    return classes()
        .that(liveIn("sim"))
        .should(Doors.notStartThreads())
        .as("The simulation runs on the thread of its caller, which it may look at")
        .allowEmptyShould(true);
  }

  ArchRule randomnessHasADoor() {
    return behindTheDoor()
        .should(Doors.notDrawUnseededRandomness())
        .as("Randomness comes from the platform, so that a seed decides it")
        .allowEmptyShould(true);
  }

  ArchRule seededRandomnessHasADoor() {
    return classes()
        .that(outside("runtime", "transport.quic", "sim"))
        .should(Doors.notMakeGenerators())
        .as("Generators are made by the platform and the simulation alone")
        .allowEmptyShould(true);
  }

  ArchRule socketsHaveADoor() {
    return behindTheDoor()
        .should(Doors.notTouchSockets())
        .as("Bytes travel through an Endpoint, not through sockets, and names are resolved there")
        .allowEmptyShould(true);
  }

  ArchRule futuresRunWhereTheyAreTold() {
    return behindTheDoor()
        .should(Doors.notUseTimedOrPooledFutures())
        .as("Futures continue on a given Strand; delays are timers of a Strand")
        .allowEmptyShould(true);
  }

  ArchRule waitsHaveADoor() {
    return classes()
        .that(outside("runtime", "transport.quic", "sim"))
        .should(Doors.notBlockOnFutures())
        .as("Callers block in Platform.await alone, which has a deadline")
        .allowEmptyShould(true);
  }

  ArchRule noLocks() {
    return behindTheDoor()
        .should(Doors.notUseLocks())
        .as("State has one writer, on one Strand: no locks and no blocking queues")
        .allowEmptyShould(true);
  }

  ArchRule noSynchronizedMethods() {
    return methods()
        .that()
        .areDeclaredInClassesThat(outside("runtime", "transport.quic"))
        .should()
        .notHaveModifier(JavaModifier.SYNCHRONIZED)
        .as("State has one writer, on one Strand: no synchronized methods")
        .allowEmptyShould(true);
  }

  ArchRule iterationHasAnOrder() {
    return behindTheDoor()
        .should(Doors.notMakeUnorderedCollections())
        .as("Collections iterate in one order on every run: linked, sorted or persistent ones")
        .allowEmptyShould(true);
  }

  ArchRule protocolCoresArePure() {
    return classes()
        .that(
            liveIn("groups.raft")
                .or(liveIn("groups.sync"))
                .or(liveIn("streams.flow"))
                .or(liveIn("streams.criteria"))
                .or(liveIn("discovery.gossip"))
                .or(liveIn("discovery.sync"))
                .or(liveIn("groups.bond").and(nestInAClassNamed("Handshake"))))
        .should(Doors.bePure(root))
        .as("A protocol core takes inputs and now, and returns effects; it knows nothing else")
        .allowEmptyShould(true);
  }

  ArchRule everyPackageIsNullMarked() {
    return classes()
        .that(liveIn(""))
        .should(
            new ArchCondition<JavaClass>("live in a package marked @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(
                    new SimpleConditionEvent(
                        type,
                        marked,
                        type.getName()
                            + " lives in a package without a @NullMarked package-info.java"));
              }
            })
        .as("Every package is @NullMarked")
        .allowEmptyShould(true);
  }

  ArchRule noMutableStatics() {
    Set<String> mutable =
        Set.of(
            AtomicBoolean.class.getName(),
            AtomicInteger.class.getName(),
            AtomicLong.class.getName(),
            AtomicReference.class.getName(),
            ConcurrentHashMap.class.getName());
    return fields()
        .that()
        .areStatic()
        .should()
        .beFinal()
        .andShould()
        .notHaveRawType(describe("a mutable type", type -> mutable.contains(type.getName())))
        .as("No static mutable state")
        .allowEmptyShould(true);
  }

  ArchRule noOptionalFields() {
    return fields()
        .should()
        .notHaveRawType(OPTIONAL)
        .as("No Optional in fields: use @Nullable")
        .allowEmptyShould(true);
  }

  ArchRule noOptionalParameters() {
    return codeUnits()
        .should()
        .notHaveRawParameterTypes(
            describe("an Optional", types -> types.stream().anyMatch(OPTIONAL)))
        .as("No Optional in parameters: use @Nullable")
        .allowEmptyShould(true);
  }

  ArchRule noCheckedExceptions() {
    return noClasses()
        .should()
        .beAssignableTo(
            describe(
                "a checked exception",
                (JavaClass type) ->
                    type.isAssignableTo(Throwable.class)
                        && !type.isAssignableTo(RuntimeException.class)
                        && !type.isAssignableTo(Error.class)
                        && type.getPackageName().startsWith(root)))
        .as("No checked exceptions of our own")
        .allowEmptyShould(true);
  }

  private static final DescribedPredicate<JavaClass> OPTIONAL =
      describe(
          "an Optional",
          type ->
              type.isEquivalentTo(Optional.class)
                  || type.isEquivalentTo(OptionalInt.class)
                  || type.isEquivalentTo(OptionalLong.class)
                  || type.isEquivalentTo(OptionalDouble.class));

  private GivenClassesConjunction behindTheDoor() {
    return classes().that(outside("runtime", "transport.quic"));
  }

  private DescribedPredicate<JavaClass> outside(String... packages) {
    DescribedPredicate<JavaClass> predicate = liveIn("");
    for (String each : packages) {
      predicate = predicate.and(DescribedPredicate.not(liveIn(each)));
    }
    return predicate.as("outside " + String.join(", ", packages));
  }

  private DescribedPredicate<JavaClass> liveIn(String subpackage) {
    String prefix = subpackage.isEmpty() ? root : root + "." + subpackage;
    return describe(
        "live in " + prefix,
        type ->
            type.getPackageName().equals(prefix) || type.getPackageName().startsWith(prefix + "."));
  }

  private static DescribedPredicate<JavaClass> nestInAClassNamed(String suffix) {
    return describe(
        "are named ..." + suffix,
        type -> {
          JavaClass outermost = type;
          while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
          }
          return outermost.getSimpleName().endsWith(suffix);
        });
  }

  /** Each package is a slice of its own, so that a cycle with a subpackage is one too. */
  private record PackageSlices(String root) implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith(root)
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}

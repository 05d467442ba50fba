package io.mosaik.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.FailureReport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule names those who break it, and nobody else. */
class RulesBiteTest {

  private static final String HOUSE = "io.mosaik.architecture.violations";
  private static final Pattern NAME =
      Pattern.compile(Pattern.quote(HOUSE) + "[.a-z]*\\.([A-Z]\\w*)");

  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(HOUSE);

  private final Architecture house = new Architecture(HOUSE);

  /** Which classes of the made-up house each rule must name as the ones that break it. */
  private Map<ArchRule, List<String>> offenders() {
    Map<ArchRule, List<String>> offenders = new LinkedHashMap<>();
    offenders.put(house.importsPointDown(), List.of("ImportsUp"));
    offenders.put(house.everyPackageHasALayer(), List.of("Stray"));
    offenders.put(house.noCycles(), List.of("CyclicChild", "CyclicParent"));
    offenders.put(house.nothingSeesTheSimulation(), List.of("SeesTheSimulation"));
    offenders.put(house.nettyStaysInTheTransport(), List.of("KnowsNetty"));
    offenders.put(house.theClockHasADoor(), List.of("ReadsTheClock"));
    offenders.put(house.threadsHaveADoor(), List.of("StartsThreads"));
    offenders.put(house.theSimulationHasOneThread(), List.of("StartsAnotherThread"));
    offenders.put(house.randomnessHasADoor(), List.of("DrawsRandomness"));
    offenders.put(house.seededRandomnessHasADoor(), List.of("DrawsRandomness", "MakesGenerators"));
    offenders.put(house.socketsHaveADoor(), List.of("OpensSockets"));
    offenders.put(house.futuresRunWhereTheyAreTold(), List.of("UsesTimedFutures"));
    offenders.put(house.waitsHaveADoor(), List.of("BlocksOnFutures"));
    offenders.put(house.noLocks(), List.of("UsesLocks"));
    offenders.put(house.noSynchronizedMethods(), List.of("HasSynchronizedMethods"));
    offenders.put(house.iterationHasAnOrder(), List.of("MakesUnorderedCollections"));
    offenders.put(
        house.protocolCoresArePure(), List.of("BondHandshake", "ImpureCore", "PromisingCore"));
    offenders.put(house.everyPackageIsNullMarked(), List.of("InAnUnmarkedPackage"));
    offenders.put(house.noMutableStatics(), List.of("HasMutableStatics"));
    offenders.put(house.noOptionalFields(), List.of("HoldsAnOptional"));
    offenders.put(house.noOptionalParameters(), List.of("TakesAnOptional"));
    offenders.put(house.noCheckedExceptions(), List.of("CheckedException"));
    return offenders;
  }

  @TestFactory
  Stream<DynamicTest> each_rule_names_exactly_its_offenders() {
    return offenders().entrySet().stream()
        .map(entry ->
            dynamicTest(
                entry.getKey().getDescription(),
                () ->
                    assertThat(offendersOf(entry.getKey()))
                        .containsExactlyElementsOf(entry.getValue())));
  }

  @Test
  void no_rule_is_left_unproven() {
    assertThat(offenders().keySet())
        .extracting(ArchRule::getDescription)
        .containsExactlyElementsOf(house.rules().stream().map(ArchRule::getDescription).toList());
  }

  @Test
  void each_way_around_the_clock_door_is_seen() {
    FailureReport report = house.theClockHasADoor().evaluate(CLASSES).getFailureReport();

    assertThat(report.getDetails())
        .anyMatch(line -> line.contains("byCall()"))
        .anyMatch(line -> line.contains("byReference()"))
        .anyMatch(line -> line.contains("inALambda()"))
        .anyMatch(line -> line.contains("Instant.now()"));
  }

  @Test
  void each_kind_of_unseeded_randomness_is_seen() {
    FailureReport report = house.randomnessHasADoor().evaluate(CLASSES).getFailureReport();

    assertThat(report.getDetails())
        .anyMatch(line -> line.contains("byThread()"))
        .anyMatch(line -> line.contains("unseeded()"))
        .anyMatch(line -> line.contains("secure()"))
        .anyMatch(line -> line.contains("uuid()"))
        .anyMatch(line -> line.contains("shuffle("));
  }

  @Test
  void each_kind_of_socket_is_seen() {
    FailureReport report = house.socketsHaveADoor().evaluate(CLASSES).getFailureReport();

    assertThat(report.getDetails())
        .anyMatch(line -> line.contains("old()"))
        .anyMatch(line -> line.contains("channel()"))
        .anyMatch(line -> line.contains("lookUp("))
        .anyMatch(line -> line.contains("lookUpToo("));
  }

  @Test
  void a_house_without_any_package_keeps_every_rule() {
    JavaClasses none = new ClassFileImporter().importClasses();

    for (ArchRule rule : house.rules()) {
      assertThat(rule.evaluate(none).hasViolation()).as(rule.getDescription()).isFalse();
    }
  }

  /** The first class of the house in each line of the report: the one that did it. */
  private List<String> offendersOf(ArchRule rule) {
    FailureReport report = rule.evaluate(CLASSES).getFailureReport();
    TreeSet<String> names = new TreeSet<>();
    for (String detail : report.getDetails()) {
      Arrays.stream(detail.split("\\R"))
          .map(NAME::matcher)
          .filter(Matcher::find)
          .forEach(matcher -> names.add(matcher.group(1)));
    }
    return List.copyOf(names);
  }
}

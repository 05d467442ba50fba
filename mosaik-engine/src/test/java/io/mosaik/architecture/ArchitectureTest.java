package io.mosaik.architecture;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The engine keeps every rule of its architecture. */
class ArchitectureTest {

  @TestFactory
  Stream<DynamicTest> the_engine_keeps() {
    JavaClasses engine =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.mosaik");
    return new Architecture("io.mosaik")
        .rules().stream().map(rule -> dynamicTest(rule.getDescription(), () -> rule.check(engine)));
  }
}

package io.mosaik.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.mosaik.wire.Decodes;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is made of a peer's bytes is fuzzed. */
class EveryDecoderIsFuzzedTest {

  /** Those that decode nothing of a peer's themselves, each with its reason. */
  private static final Map<String, String> EXEMPT =
      Map.of(
          "io.mosaik.wire.Codec", "decodes by what implements it",
          "io.mosaik.wire.Frame", "reads what this node has encoded",
          "io.mosaik.wire.BinaryReader", "is what decoders read with",
          "io.mosaik.wire.BinaryWriter", "copies what is to be passed on",
          "io.mosaik.transport.LinkInbox", "gives each message to the codec of its protocol",
          "io.mosaik.streams.RandomIds", "reads what this node has drawn",
          "io.mosaik.streams.flow.Selections", "reads what this producer has encoded",
          "io.mosaik.groups.NoOp", "refuses all");

  private static final String HOUSE = "io.mosaik.architecture.violations";

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages("io.mosaik");

  @Test
  void every_decoder_has_a_fuzz_test_and_every_fuzz_test_a_decoder() {
    JavaClasses engine =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.mosaik");
    Set<String> decoders = Decoders.in(engine);

    assertThat(decoders).containsAll(EXEMPT.keySet());
    decoders.removeAll(EXEMPT.keySet());
    assertThat(Decoders.fuzzedBy(TESTS)).isEqualTo(decoders);
  }

  /** Jazzer fuzzes one method of a test run, so that each has a class of its own. */
  @Test
  void a_fuzz_test_is_one_method_and_says_what_it_fuzzes() {
    for (JavaClass test : TESTS) {
      long fuzzed =
          test.getMethods().stream().filter(m -> m.isAnnotatedWith(FuzzTest.class)).count();
      boolean named = test.getSimpleName().endsWith("FuzzTest");
      assertThat(fuzzed).as(test.getName()).isEqualTo(named ? 1 : 0);
      assertThat(test.isAnnotatedWith(Decodes.class)).as(test.getName()).isEqualTo(named);
    }
  }

  @Test
  void each_way_to_decode_is_seen() {
    Set<String> names = new TreeSet<>();
    for (String name : Decoders.in(new ClassFileImporter().importPackages(HOUSE))) {
      names.add(name.substring(name.lastIndexOf('.') + 1));
    }
    assertThat(names).containsExactly("HoldsACodec", "ParsesText", "ReadsBytes");
  }
}

package io.mosaik.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void without_options_the_packaged_orders_flow_and_nobody_is_killed() {
    assertThat(Options.parse()).isEqualTo(new Options(null, false, false, false));
  }

  @Test
  void every_option_of_the_usage_is_understood() {
    assertThat(Options.parse("--orders", "my.csv", "--kill-leader", "--keep-running"))
        .isEqualTo(new Options(Path.of("my.csv"), true, true, false));
    assertThat(Options.parse("--orders=my.csv").orders()).isEqualTo(Path.of("my.csv"));
    assertThat(Options.parse("--help").help()).isTrue();
    assertThat(Options.usage())
        .contains("--orders FILE", "--kill-leader", "--keep-running", "--help");
  }

  @Test
  void what_is_not_understood_is_named_with_what_is() {
    assertThatThrownBy(() -> Options.parse("--kil-leader"))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("unknown option \"--kil-leader\"")
        .hasMessageContaining("--kill-leader");
    assertThatThrownBy(() -> Options.parse("--orders")).hasMessageContaining("needs a file");
    assertThatThrownBy(() -> Options.parse("--orders", "--kill-leader"))
        .hasMessageContaining("needs a file");
  }
}

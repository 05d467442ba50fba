package io.mosaik.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.benchmarks.Benchmarks.Options;
import io.mosaik.benchmarks.Benchmarks.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The benchmarks work; how fast anything is, no test says. */
class BenchmarksTest {

  @Test
  @Timeout(120)
  void the_group_benchmark_measures_every_scenario() throws Exception {
    List<Measurement> measured = new ArrayList<>();
    try (var groups = new GroupBenchmark()) {
      groups.run(new ClosedLoop(Duration.ofMillis(50), Duration.ofMillis(100)), measured::add);
    }
    assertThat(measured)
        .hasSize(8)
        .allSatisfy(each -> {
          assertThat(each.operations()).as(each.name()).isPositive();
          assertThat(each.failures()).as(each.name()).isZero();
        });
  }

  @Test
  @Timeout(120)
  void the_stream_benchmark_measures_a_scenario_beside_the_raw_stream() throws Exception {
    List<StreamMeasurement> measured = new ArrayList<>();
    try (var streams =
        new StreamBenchmark(
            Duration.ofMillis(100),
            1,
            256,
            name -> List.of("1 KiB, 8 to 1", "64 B, 1 to 1, one at a time").contains(name),
            measured::add)) {
      streams.run();
    }
    assertThat(measured)
        .hasSize(9)
        .allSatisfy(each -> assertThat(each.perSecond()).as(each.name()).isPositive());
    assertThat(measured.get(5).name()).isEqualTo("1 KiB, 8 to 1, at 70 %");
    assertThat(measured.getLast().name()).isEqualTo("64 B, 1 to 1, one at a time, direct");
    assertThat(measured.getLast().latencyMicros().p50()).isPositive();
    assertThat(measured.getLast().json()).contains("\"p50Micros\": ").doesNotContain("NaN");
    assertThat(measured.getLast().threadRows())
        .anyMatch(row -> row.contains("sending, mosaik-quic"))
        .anyMatch(row -> row.contains("receiving, mosaik-quic"));
  }

  @Test
  void a_closed_loop_counts_what_failed_apart() throws Exception {
    var measurement =
        new ClosedLoop(Duration.ZERO, Duration.ofMillis(20))
            .measure(
                "refused",
                2,
                () -> CompletableFuture.failedFuture(new IllegalStateException("refused")));
    assertThat(measurement.operations()).isZero();
    assertThat(measurement.failures()).isPositive();
    assertThat(measurement.row()).startsWith("refused").doesNotContain("NaN");
    assertThat(measurement.json()).contains("\"name\": \"refused\"", "\"operations\": 0");
  }

  @Test
  void buffers_hold_two_mebibytes_of_every_load_unless_it_is_small() {
    assertThat(StreamLoad.SMALL.bufferedDatums()).isEqualTo(16_384);
    assertThat(StreamLoad.MEDIUM.bufferedDatums()).isEqualTo(2_048);
    assertThat(StreamLoad.LARGE.bufferedDatums()).isEqualTo(32);
  }

  @Test
  void the_command_line_is_read_and_what_is_wrong_with_it_is_said() {
    assertThat(Options.of("groups", "--seconds", "7", "--json", "out.json"))
        .isEqualTo(
            new Options(
                Part.GROUPS, Duration.ofSeconds(7), Path.of("out.json"), 3, "", false, null, 0));
    assertThat(Options.of("streams", "--only", "1 to 8", "--rounds", "5", "--threads"))
        .isEqualTo(new Options(Part.STREAMS, null, null, 5, "1 to 8", true, null, 0));
    assertThat(Options.of("streams", "--soak", "10"))
        .isEqualTo(new Options(Part.STREAMS, null, null, 3, "", false, null, 10));
    assertThat(Options.of("streams", "--buffer", "1024"))
        .isEqualTo(new Options(Part.STREAMS, null, null, 3, "", false, 1_024, 0));
    assertThat(Options.of("--help")).isNull();
    assertThatThrownBy(Options::of).hasMessageContaining("groups or streams");
    assertThatThrownBy(() -> Options.of("groups", "--seconds", "none"))
        .hasMessageContaining("\"none\"");
    assertThatThrownBy(() -> Options.of("groups", "--seconds", "0")).hasMessageContaining("1 to");
    assertThatThrownBy(() -> Options.of("groups", "--json")).hasMessageContaining("needs a value");
    assertThatThrownBy(() -> Options.of("gruops")).hasMessageContaining("\"gruops\"");
  }
}

package io.mosaik.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Host;
import io.mosaik.groups.ApplyContext;
import io.mosaik.groups.StateMachine;
import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.TransportUnavailableException;
import io.mosaik.wire.Codec;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;

class MosaikFailureTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(MosaikAutoConfiguration.class))
          .withPropertyValues(
              "mosaik.network=failures", "mosaik.bind=127.0.0.1:0", "mosaik.secret-key=failing");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mosaik.network=            | mosaik.network        | blank",
        "mosaik.bind=nonsense       | mosaik.bind           | host:port",
        "mosaik.bind=localhost:99999| mosaik.bind           | between 0 and 65535",
        "mosaik.bootstrap[1]=x      | mosaik.bootstrap[1]   | host:port",
        "mosaik.bootstrap[1]=zz@h:1 | mosaik.bootstrap[1]   | 64 hexadecimal",
        "mosaik.advertise[0]=h:port | mosaik.advertise[0]   | is no port",
        "mosaik.tags[0]=            | mosaik.tags[0]        | blank",
        "mosaik.secret-key=         | mosaik.secret-key     | blank",
        "mosaik.network-secret=     | mosaik.network-secret | blank",
        "mosaik.groups.book.key=    | mosaik.groups.book.key| blank",
        "mosaik.groups.book.machine=| mosaik.groups.book.key| not set",
        "mosaik.groups.n.bootstrap-expect=0| mosaik.groups.n.bootstrap-expect| from 1 to",
        "mosaik.groups.n.bootstrap-expect=abc| mosaik.groups.n.bootstrap-expect| whole number",
        "mosaik.groups.n.quorum-policy=some| mosaik.groups.n.quorum-policy| committed or bonded",
        "mosaik.groups.n.observer=maybe| mosaik.groups.n.observer| true or false",
        "mosaik.groups.m=secret     | mosaik.groups.m       | settings of a group",
      })
  void a_malformed_property_is_named_with_a_right_value(
      String setting, String property, String problem) {
    runner
        .withPropertyValues(
            "mosaik.bootstrap[0]=10.0.0.1:4000", "mosaik.groups.n.key=secret", setting.strip())
        .run(context -> {
          assertThat(context).hasFailed();
          FailureAnalysis analysis = analyze(context.getStartupFailure());
          assertThat(analysis.getDescription())
              .contains("'" + property.strip() + "'")
              .contains(problem.strip());
          assertThat(analysis.getAction()).contains(property.strip() + ": ");
        });
  }

  @Test
  void a_missing_network_is_named() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(MosaikAutoConfiguration.class))
        .run(context -> {
          FailureAnalysis analysis = analyze(context.getStartupFailure());
          assertThat(analysis.getDescription()).contains("'mosaik.network'").contains("required");
          assertThat(analysis.getAction()).contains("mosaik.network: trading");
        });
  }

  @Test
  void a_port_in_use_is_named() throws Exception {
    try (var other =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      runner
          .withPropertyValues("mosaik.bind=127.0.0.1:" + other.getLocalPort())
          .run(context ->
              assertThat(analyze(context.getStartupFailure()).getDescription())
                  .contains("'mosaik.bind'")
                  .contains(String.valueOf(other.getLocalPort())));
    }
  }

  @Test
  void a_machine_without_the_native_library_is_told_what_to_do() {
    runner
        .withBean(
            NetworkBuilderCustomizer.class, () -> builder -> builder.host(new HostWithoutQuic()))
        .run(context -> {
          FailureAnalysis analysis = analyze(context.getStartupFailure());
          assertThat(analysis.getDescription())
              .contains("netty-codec-native-quic")
              .doesNotContain("mosaik.bind");
          assertThat(analysis.getAction()).contains("mosaik.enabled: false");
        });
  }

  @Test
  void another_failure_of_the_start_is_not_taken_for_the_address() {
    runner
        .withBean(NetworkBuilderCustomizer.class, () -> builder -> builder.host(new BrokenHost()))
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("no Ed25519 here")
                .satisfies(failure -> assertThat(analyses(failure)).isEmpty()));
  }

  @Test
  void a_group_must_say_which_of_two_machines_it_replicates() {
    runner
        .withUserConfiguration(TwoMachines.class)
        .withPropertyValues("mosaik.groups.book.key=secret")
        .run(context ->
            assertThat(analyze(context.getStartupFailure()).getDescription())
                .contains("'mosaik.groups.book.machine'")
                .contains("firstMachine")
                .contains("secondMachine"));
  }

  @Test
  void a_group_whose_machine_is_no_bean_names_those_that_are() {
    runner
        .withUserConfiguration(TwoMachines.class)
        .withPropertyValues("mosaik.groups.book.key=secret", "mosaik.groups.book.machine=third")
        .run(context ->
            assertThat(analyze(context.getStartupFailure()).getDescription())
                .contains("'third'")
                .contains("firstMachine"));
  }

  /** By the analyzers that the application has, the way Spring Boot finds them. */
  private static FailureAnalysis analyze(@Nullable Throwable failure) {
    List<FailureAnalysis> analyses = analyses(failure);
    assertThat(analyses).as("analyses of " + failure).hasSize(1);
    return analyses.getFirst();
  }

  private static List<FailureAnalysis> analyses(@Nullable Throwable failure) {
    return SpringFactoriesLoader.forDefaultResourceLocation()
        .load(FailureAnalyzer.class, (type, name, error) -> {})
        .stream()
        .filter(analyzer -> analyzer.getClass().getName().startsWith("io.mosaik."))
        .map(analyzer -> analyzer.analyze(Objects.requireNonNull(failure)))
        .filter(Objects::nonNull)
        .toList();
  }

  private static class BrokenHost implements Host {

    @Override
    public Platform platform() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
      throw new IllegalStateException("no Ed25519 here");
    }

    @Override
    public void release() {}
  }

  private static final class HostWithoutQuic extends BrokenHost {

    @Override
    public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
      throw new TransportUnavailableException("add netty-codec-native-quic");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class TwoMachines {

    @Bean
    Idle firstMachine() {
      return new Idle();
    }

    @Bean
    Idle secondMachine() {
      return new Idle();
    }
  }

  static final class Idle implements StateMachine<Integer, Integer, Integer, Integer> {

    @Override
    public String signature() {
      return "idle";
    }

    @Override
    public Integer apply(Integer command, ApplyContext context) {
      return command;
    }

    @Override
    public void reset() {}

    @Override
    public Integer query(Integer query) {
      return query;
    }

    @Override
    public Codec<Integer> commandCodec() {
      return Counter.INT;
    }

    @Override
    public Codec<Integer> queryCodec() {
      return Counter.INT;
    }

    @Override
    public Codec<Integer> answerCodec() {
      return Counter.INT;
    }
  }
}

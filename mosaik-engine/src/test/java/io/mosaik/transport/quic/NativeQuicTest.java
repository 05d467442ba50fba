package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class NativeQuicTest {

  @Test
  void it_is_available_here() {
    assertThatCode(NativeQuic::ensureAvailable).doesNotThrowAnyException();
  }

  @Test
  void an_unsupported_platform_is_told_what_to_do() {
    assertThat(NativeQuic.unavailable("Plan 9", "mips"))
        .contains("Plan 9/mips")
        .contains("linux-x86_64")
        .contains("io.netty:netty-codec-native-quic");
  }

  @Test
  void versions_with_known_holes_are_too_old() {
    assertThat(NativeQuic.isTooOld("4.2.17.Final")).isTrue();
    assertThat(NativeQuic.isTooOld("4.1.130.Final")).isTrue();
    assertThat(NativeQuic.isTooOld("4.2.18.Final")).isFalse();
    assertThat(NativeQuic.isTooOld("4.2.20.Final-SNAPSHOT")).isFalse();
    assertThat(NativeQuic.isTooOld("5.0.0")).isFalse();
    assertThat(NativeQuic.isTooOld(null)).isFalse();
  }
}

package io.mosaik.streams.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.Digest;
import io.mosaik.streams.protocol.StreamMessage.State;
import io.mosaik.streams.protocol.StreamMessage.StatePart;
import io.mosaik.wire.MalformedException;
import org.junit.jupiter.api.Test;

class StateAssemblyTest {

  private static final byte[] BYTES = {1, 2, 3, 4, 5};

  private static State announced(byte[] of) {
    return new State(of.length, Digest.hash(of));
  }

  private static StatePart part(int... bytes) {
    var part = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      part[i] = (byte) bytes[i];
    }
    return new StatePart(part);
  }

  @Test
  void parts_become_the_state_when_all_are_there() {
    var assembly = new StateAssembly(announced(BYTES), 5);
    assertThat(assembly.complete()).isNull();
    assertThat(assembly.add(part(1, 2))).isNull();
    assertThat(assembly.add(part(3))).isNull();
    assertThat(assembly.add(part(4, 5))).isEqualTo(BYTES);
  }

  @Test
  void an_empty_state_has_no_parts() {
    var assembly = new StateAssembly(announced(new byte[0]), 5);
    assertThat(assembly.complete()).isEmpty();
    assertThatThrownBy(() -> assembly.add(part(1))).isInstanceOf(MalformedException.class);
  }

  @Test
  void a_state_that_is_too_large_is_refused_before_it_comes() {
    assertThatThrownBy(() -> new StateAssembly(new State(1L << 40, Digest.hash(BYTES)), 5))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most 5");
  }

  @Test
  void more_than_was_announced_is_malformed() {
    var assembly = new StateAssembly(announced(BYTES), 5);
    assembly.add(part(1, 2, 3, 4));
    assertThatThrownBy(() -> assembly.add(part(5, 6)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("more than");
  }

  @Test
  void something_else_than_was_announced_is_malformed() {
    var assembly = new StateAssembly(announced(BYTES), 5);
    assertThatThrownBy(() -> assembly.add(part(1, 2, 3, 4, 6)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("not the announced one");
  }
}

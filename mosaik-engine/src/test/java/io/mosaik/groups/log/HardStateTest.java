package io.mosaik.groups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.id.PeerId;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class HardStateTest {

  private final SplittableRandom random = new SplittableRandom(5);
  private final Lineage lineage = Lineage.formed(random);
  private final Member member = new Member(PeerId.ofBytes(new byte[PeerId.LENGTH]), 7);

  @Test
  void a_lineage_keeps_its_beginning_and_counts_its_epochs() {
    Lineage next = lineage.recovered(1, random);
    Lineage other = lineage.recovered(1, random);
    assertThat(lineage.epoch()).isZero();
    assertThat(next.epoch()).isEqualTo(1);
    assertThat(next.recovered(2, random).epoch()).isEqualTo(2);
    assertThat(next).isNotEqualTo(other);
    assertThat(Arrays.copyOf(next.digest().toBytes(), 16))
        .isEqualTo(Arrays.copyOf(lineage.digest().toBytes(), 16));
  }

  @Test
  void what_is_remembered_survives_its_bytes() {
    var state =
        new HardState(
            lineage,
            9,
            member,
            true,
            List.of(
                EndedLineage.abandoned(Lineage.formed(random)),
                new EndedLineage(Lineage.formed(random), lineage, List.of(member))),
            List.of(
                new Promise(8, lineage.recovered(1, random), List.of(member), List.of(member))));
    assertThat(HardState.CODEC.fromBytes(HardState.CODEC.toBytes(state))).isEqualTo(state);
    assertThat(HardState.CODEC.fromBytes(HardState.CODEC.toBytes(HardState.INITIAL)))
        .isEqualTo(HardState.INITIAL);
  }

  @Test
  void the_bytes_are_the_documented_ones() {
    var lineage = Lineage.ofBytes(filled(0xaa));
    var ended = new EndedLineage(Lineage.ofBytes(filled(0xbb)), lineage, List.of(member));
    var promise = new Promise(300, Lineage.ofBytes(filled(0xcc)), List.of(), List.of(member));
    var state = new HardState(lineage, 5, member, true, List.of(ended), List.of(promise));
    assertThat(HexFormat.of().formatHex(HardState.CODEC.toBytes(state)))
        .isEqualTo(
            "aa".repeat(32)
                + "05"
                + "01"
                + "00".repeat(32)
                + "0000000000000007"
                + "03"
                + "01"
                + "bb".repeat(32)
                + "aa".repeat(32)
                + "0000"
                + "01"
                + "00".repeat(32)
                + "0000000000000007"
                + "01"
                + "ac02"
                + "cc".repeat(32)
                + "00"
                + "01"
                + "00".repeat(32)
                + "0000000000000007");
  }

  @Test
  void a_state_that_knows_of_no_epochs_has_the_bytes_that_it_always_had() {
    var lineage = Lineage.ofBytes(filled(0xaa));
    var ended = EndedLineage.dissolved(Lineage.ofBytes(filled(0xbb)), lineage);
    var state = new HardState(lineage, 5, null, true, List.of(ended));
    String bytes =
        "aa".repeat(32) + "05" + "00" + "01" + "01" + "bb".repeat(32) + "aa".repeat(32) + "0000";
    assertThat(HexFormat.of().formatHex(HardState.CODEC.toBytes(state))).isEqualTo(bytes);
    assertThat(HardState.CODEC.fromBytes(HexFormat.of().parseHex(bytes))).isEqualTo(state);
  }

  private static byte[] filled(int value) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void more_ended_lineages_than_are_remembered_are_refused() {
    var many = Collections.nCopies(HardState.MAX_ENDED + 1, EndedLineage.abandoned(lineage));
    assertThatThrownBy(() -> new HardState(lineage, 1, null, true, many))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] bytes =
        HardState.CODEC.toBytes(
            new HardState(lineage, 1, null, true, many.subList(1, many.size())));
    bytes[35] = (byte) (HardState.MAX_ENDED + 1);
    assertThatThrownBy(() -> HardState.CODEC.fromBytes(bytes))
        .isInstanceOf(MalformedException.class);
  }
}

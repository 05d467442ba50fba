package io.mosaik.groups.log;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What a storage writes and reads again: no peer's bytes, but a disk's. */
@Decodes({LogWrite.class, HardState.class})
final class StoredFuzzTest {

  static Stream<byte[]> writes() {
    var lineage = Lineage.formed(new SplittableRandom(1));
    return Stream.of(
            new LogWrite(HardState.INITIAL, 0, List.of()),
            new LogWrite(
                new HardState(
                    Lineage.NONE, 9, null, true, List.of(EndedLineage.abandoned(lineage))),
                0,
                List.of()),
            new LogWrite(null, 7, List.of(new Entry.Noop(3), new Entry.SnapshotCut(3))))
        .map(LogWrite.CODEC::toBytes);
  }

  @MethodSource("writes")
  @FuzzTest
  void a_write_is_malformed_or_has_one_form(byte[] input) {
    var unused = DecoderContract.readsOneForm(LogWrite.CODEC, input);
  }
}

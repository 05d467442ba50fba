package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.raft.Sessions;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import io.mosaik.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The beginning of a snapshot that came from other members. */
@Decodes({MachineImage.class, Sessions.class})
final class SessionsFuzzTest {

  static Stream<byte[]> images() {
    var some = new Sessions();
    for (int session = 0; session < 3; session++) {
      some.admit(new Origin(SecretKey.of("node 1").peerId(), session), 1);
    }
    return Stream.of(image(new Sessions()), image(some));
  }

  private static byte[] image(Sessions sessions) {
    var out = new ByteArrayOutputStream();
    try {
      MachineImage.of(sessions, state -> state.write(7)).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @MethodSource("images")
  @FuzzTest
  void sessions_are_refused_or_have_one_form_and_the_state_follows_them(byte[] input) {
    DecoderContract.allocatesLittle(
        input.length,
        () -> {
          var in = new ByteArrayInputStream(input);
          try {
            byte[] bytes = Sessions.CODEC.toBytes(MachineImage.readSessions(in));
            int from = input.length - in.available() - bytes.length;
            assertThat(Arrays.copyOfRange(input, from, from + bytes.length)).isEqualTo(bytes);
          } catch (IOException | MalformedException refused) {
            assertThat(refused).isNotNull();
          }
        });
  }
}

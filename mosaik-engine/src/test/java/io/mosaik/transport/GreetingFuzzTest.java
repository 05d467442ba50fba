package io.mosaik.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.id.NetworkId;
import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import io.mosaik.wire.Frame;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** The first frame on a link, before anything is known of who sends it. */
@Decodes(Greeting.class)
final class GreetingFuzzTest {

  private static final int REVISION = 3;
  private static final Greeting OPEN = new Greeting(NetworkId.of("a network"), null);
  private static final Greeting SECRET = new Greeting(NetworkId.of("a network"), new byte[] {7});

  static Stream<byte[]> greetings() {
    return Stream.of(OPEN, SECRET)
        .flatMap(of -> Stream.of(right(of, true), right(of, false), right(of, true, REVISION + 1)));
  }

  private static byte[] right(Greeting of, boolean dialled) {
    return right(of, dialled, REVISION);
  }

  private static byte[] right(Greeting of, boolean dialled, int revision) {
    return of.own(new End(dialled), revision).payload().rest();
  }

  @MethodSource("greetings")
  @FuzzTest
  void only_the_right_greeting_is_accepted(byte[] input) {
    DecoderContract.allocatesLittle(
        input.length,
        () -> {
          for (boolean dialled : new boolean[] {false, true}) {
            boolean accepted = SECRET.refuse(new End(dialled), REVISION, input) == null;
            assertThat(accepted).isEqualTo(Arrays.equals(input, right(SECRET, !dialled)));
            CloseReason reason = OPEN.refuse(new End(dialled), REVISION, input);
            assertThat(reason == null || !reason.text().isBlank()).isTrue();
          }
        });
  }

  /** One end of a connection that does nothing but to have keying material. */
  private record End(boolean dialled) implements Connection {

    @Override
    public PeerId remotePeer() {
      return SecretKey.of("the other").peerId();
    }

    @Override
    public Address remoteAddress() {
      return new Address("::1", 1);
    }

    @Override
    public byte[] export(String label, byte[] context, int length) {
      return new byte[length];
    }

    @Override
    public void send(Frame frame) {}

    @Override
    public long unsentBytes() {
      return 0;
    }

    @Override
    public void setReading(boolean reading) {}

    @Override
    public void limitFrames(int maxFrameBytes) {}

    @Override
    public @Nullable Duration rtt() {
      return null;
    }

    @Override
    public void close(CloseReason reason) {}
  }
}
